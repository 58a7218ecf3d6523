package rehearsal

import (
	"context"
	"slices"
	"time"

	"towpath"
	"towpath/internal/store"
)

// wanted returns the review of an order and all its rehearsals, with the place of the order among
// them; -1 when the order does not count any more.
func wanted(
	ctx context.Context, tx *store.Tx, order towpath.BranchRehearsal,
) (r towpath.BranchReview, all []towpath.BranchRehearsal, at int, err error) {
	r, err = tx.BranchReview(ctx, order.ReviewID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return r, nil, -1, nil
	}
	if err != nil {
		return r, nil, -1, err
	}
	all, err = tx.BranchRehearsals(ctx, order.ReviewID)
	at = slices.IndexFunc(all, func(x towpath.BranchRehearsal) bool {
		return x.State == towpath.RehearsalWanted && x.Key == order.Key && x.InstanceID == order.InstanceID
	})
	return r, all, at, err
}

// watch ends the context with errSuperseded when nobody wants the rehearsal any more: the branch has
// a newer head, or is gone.
func (s *Service) watch(
	ctx context.Context, order towpath.BranchRehearsal,
) (watched context.Context, stop func()) {
	watched, end := context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(lookInterval)
		defer tick.Stop()
		for {
			if counts, err := s.counts(watched, order); err == nil && !counts {
				end(errSuperseded)
			}
			select {
			case <-watched.Done():
				return
			case <-tick.C:
			}
		}
	}()
	return watched, func() {
		end(nil)
		<-done
	}
}

// counts reports whether somebody still wants a rehearsal.
func (s *Service) counts(ctx context.Context, order towpath.BranchRehearsal) (counts bool, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		r, _, at, err := wanted(ctx, tx, order)
		counts = at >= 0 && r.Head == r.ReadHead && r.State.Open()
		return err
	})
	return counts, err
}

// save stores what came of an order, unless it does not count any more. A failure of a file of the
// branch is a finding, so that the rules look at the files again; otherwise the report is next.
func (s *Service) save(ctx context.Context, made towpath.BranchRehearsal) error {
	return s.change(ctx, made, func(tx *store.Tx, r *towpath.BranchReview) error {
		if made.Failed() {
			return reviewAgain(ctx, tx, r, tx.Now)
		}
		return tx.Enqueue(ctx, towpath.JobPostReview, r.ID)
	})
}

// withdraw takes back an order that nobody wants any more.
func (s *Service) withdraw(ctx context.Context, order towpath.BranchRehearsal) error {
	order.State, order.Reason = towpath.RehearsalNone, towpath.Why(towpath.ReasonRehearsalWanted)
	return s.change(ctx, order, func(*store.Tx, *towpath.BranchReview) error { return nil })
}

// moved asks for the review again, whose plan is not that of the database any more, as long as
// somebody waits for it.
func (s *Service) moved(ctx context.Context, order towpath.BranchRehearsal) error {
	late := s.Store.Now().After(order.WantedAt.Add(towpath.RehearsalPatience))
	order.State = towpath.RehearsalNone
	order.Reason = towpath.Why(towpath.ReasonRehearsalMoved, "environment", order.Environment, "database",
		order.Database)
	return s.change(ctx, order, func(tx *store.Tx, r *towpath.BranchReview) error {
		if late {
			return tx.Enqueue(ctx, towpath.JobPostReview, r.ID)
		}
		return reviewAgain(ctx, tx, r, tx.Now.Add(againAfter))
	})
}

// reviewAgain asks for the review of the same files.
func reviewAgain(ctx context.Context, tx *store.Tx, r *towpath.BranchReview, at time.Time) error {
	if !r.State.Open() || r.Head != r.ReadHead {
		return nil
	}
	r.State, r.Reason = towpath.BranchPending, towpath.Reason{}
	r.Generation++
	return tx.EnqueueAt(ctx, towpath.JobReviewBranch, r.ID, at)
}

// change stores an order that still counts, and the state of its review. next is what follows.
func (s *Service) change(
	ctx context.Context, made towpath.BranchRehearsal,
	next func(tx *store.Tx, r *towpath.BranchReview) error,
) error {
	ctx = context.WithoutCancel(ctx)
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		r, all, at, err := wanted(ctx, tx, made)
		if err != nil || at < 0 {
			return err
		}
		made.Position, made.EndedAt = all[at].Position, &tx.Now
		all[at] = made
		if err := tx.UpdateBranchRehearsal(ctx, made); err != nil {
			return err
		}
		r.Rehearsal = towpath.SumRehearsals(all)
		if err := next(tx, &r); err != nil {
			return err
		}
		return tx.UpdateBranchReview(ctx, r)
	})
}
