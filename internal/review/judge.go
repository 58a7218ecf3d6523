package review

import (
	"context"
	"slices"
	"time"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// JudgeBranches finds the place of each open branch of a link in the order of merges, from what is
// stored. It is a job's handler, asked for by each move of the link's branch, each review, and each
// end of one. It asks for the reports of those branches alone whose place has changed.
func (s *Service) JudgeBranches(ctx context.Context, linkID string) (requeueAt *time.Time, err error) {
	var link towpath.RepositoryLink
	var rows []towpath.BranchReview
	var places map[string]plan.Place
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		all, err := tx.BranchReviews(ctx, linkID)
		if err != nil {
			return err
		}
		rows = slices.DeleteFunc(all, func(r towpath.BranchReview) bool { return !r.State.Open() })
		if len(rows) == 0 {
			return nil
		}
		in, branches, err := s.Manifest.Queue(ctx, tx, link)
		places = plan.Queue(in, branches)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	moved := slices.DeleteFunc(rows, func(r towpath.BranchReview) bool {
		return !changedPlace(r, places[r.Branch])
	})
	if len(moved) == 0 {
		return nil, nil
	}
	return nil, s.Store.Write(ctx, func(tx *store.Tx) error {
		for _, read := range moved {
			if err := setPlace(ctx, tx, link, read, places[read.Branch]); err != nil {
				return err
			}
		}
		return nil
	})
}

// changedPlace reports whether a branch is not where its row says.
func changedPlace(r towpath.BranchReview, p plan.Place) bool {
	if p.Verdict == "" { // it is still to be read
		return false
	}
	return p.Merged || p.Verdict != r.Verdict || !sameOrder(p.Order, r.Order) ||
		(!r.Judged && r.State != towpath.BranchPending)
}

func sameOrder(a, b []towpath.Reason) bool {
	return slices.EqualFunc(a, b, towpath.Reason.Equal)
}

// setPlace stores the place of a branch, unless it was read again meanwhile, and asks for its
// report.
func setPlace(
	ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, read towpath.BranchReview, p plan.Place,
) error {
	r, err := tx.BranchReview(ctx, read.ID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound || (err == nil && (r.ReadHead != read.ReadHead ||
		r.Reviewed != read.Reviewed || r.State != read.State)) {
		return nil // what has changed it asks for the order again
	}
	if err != nil {
		return err
	}
	r.Verdict, r.Order = p.Verdict, p.Order
	r.Judged = r.State != towpath.BranchPending
	if p.Merged && r.Head == r.ReadHead {
		r.End(towpath.Why(towpath.ReasonBranchMerged, "branch", link.Branch), tx.Now)
	}
	if err := tx.UpdateBranchReview(ctx, r); err != nil {
		return err
	}
	if r.State == towpath.BranchPending {
		return nil
	}
	return tx.Enqueue(ctx, towpath.JobPostReview, r.ID)
}
