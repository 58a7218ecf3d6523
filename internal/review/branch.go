package review

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// branchTime bounds the review of a branch, so that its result is known before it counts as failed.
const branchTime = towpath.BranchPatience - 5*time.Second

// errBranchSlow ends the review of a branch that takes too long.
var errBranchSlow = errors.New("the review of the branch took too long")

// branchSubject is what the review of a branch is about.
type branchSubject struct {
	subject
	review towpath.BranchReview
	own    map[string]bool // paths that the branch changes
	orders []towpath.BranchRehearsal
}

// ReviewBranch reviews the migrations that a branch changes, from the texts that are stored. It is a
// job's handler. Its end asks for the merge order, which asks for the report.
func (s *Service) ReviewBranch(ctx context.Context, id string) (requeueAt *time.Time, err error) {
	r, link, files, err := s.branchToReview(ctx, id)
	if err != nil || r.ID == "" {
		return nil, err
	}
	apply := func(trunk []towpath.ManifestFile) []towpath.ManifestFile {
		return manifest.Merged(trunk, files)
	}
	if err := s.Manifest.ValidateTexts(ctx, link, apply); err != nil {
		return nil, err
	}
	var sub branchSubject
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if sub, err = s.branchSubjectOf(ctx, tx, r, link, files); err != nil {
			return err
		}
		return sub.rehearse(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	if err := s.saveOrders(ctx, sub); err != nil { // they are made while the rules look
		return nil, err
	}
	made, objects, err := s.branchFindings(ctx, sub)
	if err != nil {
		return nil, err
	}
	for i := range files {
		files[i].Objects = objects[files[i].Path]
	}
	if err := s.saveBranchReview(ctx, r, made, files); err != nil {
		return nil, err
	}
	if made.State == towpath.ReviewFailed {
		return nil, fmt.Errorf("review branch %s: %w: %s", r.Branch, errNotReviewed, made.Reason)
	}
	return nil, nil
}

// branchToReview reads a branch whose review is to be made; the zero review when there is nothing to
// do. A review that has failed is made again, since that is why its job runs.
func (s *Service) branchToReview(ctx context.Context, id string) (
	r towpath.BranchReview, link towpath.RepositoryLink, files []towpath.BranchFile, err error,
) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if r, err = tx.BranchReview(ctx, id); err != nil {
			return err
		}
		if link, err = tx.Link(ctx, r.LinkID); err != nil {
			return err
		}
		files, err = tx.BranchFiles(ctx, id)
		return err
	})
	open := r.State == towpath.BranchPending || r.State == towpath.BranchFailed
	if towpath.ErrorCode(err) == towpath.CodeNotFound || (err == nil && (!open ||
		r.Head != r.ReadHead || len(files) == 0)) {
		return towpath.BranchReview{}, link, nil, nil
	}
	return r, link, files, err
}

// branchSubjectOf reads what the review of a branch is about: the files that each database would get
// from the link's branch with those of the branch among them.
func (s *Service) branchSubjectOf(
	ctx context.Context, tx *store.Tx, r towpath.BranchReview, link towpath.RepositoryLink,
	files []towpath.BranchFile,
) (sub branchSubject, err error) {
	sub.review, sub.own = r, map[string]bool{}
	sub.commit, sub.texts, sub.placeholders = r.ReadHead, s.stored, link.Placeholders
	for _, f := range files {
		sub.own[f.Path] = !f.Removed
	}
	trunk, err := tx.Manifest(ctx, link.ID)
	if err != nil {
		return sub, err
	}
	merged := manifest.Merged(trunk, files)
	in, err := s.Manifest.Input(ctx, tx, link, merged)
	if err != nil {
		return sub, err
	}
	if sub.policy, err = tx.PolicyFile(ctx, link.ID); err != nil &&
		towpath.ErrorCode(err) != towpath.CodeNotFound {
		return sub, err
	}
	sub.environments = byID(in.Environments)
	commits := map[string]string{}
	for _, f := range files {
		commits[f.Path] = f.Commit
	}
	paths, p := pathsOf(merged), plan.Build(in)
	for _, db := range in.Databases {
		c := change{database: db}
		would := map[towpath.MigrationID]bool{}
		for _, item := range p.Items {
			if item.DatabaseID == db.ID && (wouldRun(item) || sub.mayRun(item)) {
				would[item.MigrationID] = true
			}
		}
		newest := newestBefore(db, would, towpath.Rollout{}, link.LatePolicy)
		for _, item := range p.Items {
			switch {
			case item.DatabaseID != db.ID:
			case wouldRun(item) || sub.mayRun(item):
				c.files = append(c.files, fileOf(item.Migration, commits[item.Path], newest, paths))
			case item.State == plan.ItemEdited && sub.own[item.Path]:
				c.files = append(c.files,
					file{Migration: item.Migration, commit: commits[item.Path], edited: true})
			}
		}
		if slices.ContainsFunc(c.files, func(f file) bool { return sub.own[f.Path] }) {
			inOrder(c.files)
			sub.changes = append(sub.changes, c)
		}
	}
	return sub, nil
}

// mayRun reports whether an item is a file of the branch that would run once something else is put
// right, so that its text is worth a review now.
func (b branchSubject) mayRun(item plan.Item) bool {
	switch item.State {
	case plan.ItemBlocked, plan.ItemConflict, plan.ItemRefused, plan.ItemUnusable, plan.ItemUnreachable,
		plan.ItemTampered, plan.ItemRestored, plan.ItemForeignLedger:
		return b.own[item.Path] && item.Type != towpath.TypeBaseline
	default:
		return false
	}
}

// branchFindings makes the review of a branch. objects are what each file changes, by path.
func (s *Service) branchFindings(
	ctx context.Context, sub branchSubject,
) (r towpath.Review, objects map[string][]string, err error) {
	limited, cancel := context.WithTimeoutCause(ctx, branchTime, errBranchSlow)
	defer cancel()
	sub.objects = map[string][]string{}
	sets, _, err := s.sets(limited, sub.subject)
	if err == nil {
		err = s.finish(limited, &r, sub.subject, sets)
	}
	if errors.Is(err, errBranchSlow) && ctx.Err() == nil {
		r = towpath.Review{
			State:  towpath.ReviewFailed,
			Reason: towpath.Why(towpath.ReasonBranchSlow, "limit", branchTime.String()),
		}
		return r, nil, nil
	}
	if err != nil {
		return r, nil, err
	}
	r.Files = slices.DeleteFunc(r.Files, func(f towpath.ReviewedFile) bool { return !sub.own[f.Path] })
	r.State, r.Reason = towpath.ReviewDone, towpath.Reason{}
	for _, f := range r.Files {
		if !f.Reviewed() && r.Reason.IsZero() {
			r.State, r.Reason = towpath.ReviewFailed, f.Reason
		}
	}
	r.Count()
	return r, sub.objects, nil
}

// saveBranchReview stores the review of a branch, unless the branch or its levels have changed
// meanwhile, and asks for the merge order.
func (s *Service) saveBranchReview(
	ctx context.Context, read towpath.BranchReview, made towpath.Review, files []towpath.BranchFile,
) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, err := tx.BranchReview(ctx, read.ID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound ||
			(err == nil && (r.Head != read.Head || r.Generation != read.Generation)) {
			return nil
		}
		if err != nil {
			return err
		}
		r.State = towpath.BranchDone
		if made.State == towpath.ReviewFailed {
			r.State = towpath.BranchFailed
		}
		r.Reason, r.Errors, r.Warnings = made.Reason, made.Errors, made.Warnings
		r.Reviewed, r.ReviewedAt, r.Judged = r.ReadHead, &tx.Now, false
		if err := tx.SetBranchFiles(ctx, r.ID, files); err != nil {
			return err
		}
		if err := tx.SetBranchFindings(ctx, r.ID, made.Files); err != nil {
			return err
		}
		if err := tx.UpdateBranchReview(ctx, r); err != nil {
			return err
		}
		return tx.Enqueue(ctx, towpath.JobJudgeBranches, r.LinkID)
	})
}
