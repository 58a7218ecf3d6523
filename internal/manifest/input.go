package manifest

import (
	"context"
	"slices"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// Input reads everything that a link's plan depends on, with files as its manifest.
func (s *Service) Input(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, files []towpath.ManifestFile,
) (in plan.Input, err error) {
	in = plan.Input{
		Files:         slices.Clone(files),
		Late:          link.LatePolicy,
		LinkID:        link.ID,
		BaselinedUpTo: link.BaselinedUpTo,
		LinkedAt:      link.CreatedAt,
	}
	if in.Others, err = tx.OtherClaims(ctx, link.ProjectID, link.ID); err != nil {
		return in, err
	}
	if in.Skipped, err = tx.SkippedTasks(ctx, link.ProjectID); err != nil {
		return in, err
	}
	if in.Environments, err = tx.Environments(ctx); err != nil {
		return in, err
	}
	if in.Databases, err = tx.ProjectDatabases(ctx, link.ProjectID); err != nil {
		return in, err
	}
	if in.Baselines, err = tx.Baselines(ctx, link.ID); err != nil {
		return in, err
	}
	if err := ReadTexts(ctx, tx, &in); err != nil {
		return in, err
	}
	return in, s.readVerdicts(ctx, tx, link.Placeholders, &in)
}

// ReadTexts sets in.Texts, by which a plan finds texts that differ only in their line ends.
func ReadTexts(ctx context.Context, tx *store.Tx, in *plan.Input) (err error) {
	in.Texts, err = tx.PlainTexts(ctx, in.Compared())
	return err
}

// Plan builds a link's plan from the metadata alone, without calls to a provider or a target.
func (s *Service) Plan(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink) (plan.Plan, error) {
	manifest, err := tx.Manifest(ctx, link.ID)
	if err != nil {
		return plan.Plan{}, err
	}
	in, err := s.Input(ctx, tx, link, manifest)
	if err != nil {
		return plan.Plan{}, err
	}
	return plan.Build(in), nil
}

// Queue reads what plan.Queue and plan.Renumber need of a link: its own branch, and the open
// branches that were read.
func (s *Service) Queue(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink,
) (in plan.Input, branches []plan.Branch, err error) {
	rows, err := tx.BranchReviews(ctx, link.ID)
	if err != nil {
		return in, nil, err
	}
	files, err := tx.OpenBranchFiles(ctx, link.ID)
	if err != nil {
		return in, nil, err
	}
	for _, r := range rows {
		if r.State.Open() && len(files[r.ID]) > 0 {
			branches = append(branches, plan.Branch{Name: r.Branch, Files: files[r.ID]})
		}
	}
	trunk, err := tx.Manifest(ctx, link.ID)
	if err != nil {
		return in, nil, err
	}
	if in, err = s.Input(ctx, tx, link, trunk); err != nil {
		return in, nil, err
	}
	in.Texts, err = tx.PlainTexts(ctx, plan.TextsOfQueue(in, branches))
	return in, branches, err
}
