package link

import (
	"context"

	"towpath"
	"towpath/internal/plan"
)

// adoptedPlan plans and reviews a draft as if its histories were accepted. What contradicts them counts
// as confirmed, since nothing is linked before it is.
func (s *Service) adoptedPlan(
	ctx context.Context, d draft, in plan.Input, chosen []plan.Verdict, p *Preview,
) error {
	imported := map[string][]towpath.ImportedMigration{}
	checksums := map[string]string{} // of the files that were read for the comparison, by path
	for _, one := range p.Histories.Databases {
		imported[one.Database.ID] = importsOf(one, p.Histories.Commit, chosen)
		for _, f := range one.Adoption.Files {
			checksums[f.Path] = f.Checksum
		}
	}
	for i, f := range in.Files {
		if f.State == towpath.FileMatched && f.Reason.IsZero() {
			in.Files[i].Checksum = checksums[f.Path]
		}
	}
	in.Import(imported)
	err := s.draftPlan(ctx, d, in, p)
	p.Plan.MarkHalfway(imported)
	return err
}
