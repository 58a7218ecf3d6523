// Package rollout moves rollouts forward: it says which tasks may start, sums up their states, and
// takes people's decisions about single tasks. It runs nothing; what may start is handed to the
// executor by job rows.
package rollout

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/store"
)

// Service moves rollouts forward. It is safe for concurrent use by many processes on the same
// metadata.
type Service struct {
	Store  *store.Store
	Logger *slog.Logger
}

// Advance looks at a rollout as it is: it asks for the tasks that may start to be run, keeps the
// rollout's state, and ends it when nothing is open any more. It is the handler of
// towpath.JobAdvance and may be called any number of times.
func (s *Service) Advance(ctx context.Context, rolloutID string) (*time.Time, error) {
	var finished *towpath.Rollout
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		finished = nil
		r, err := tx.RolloutOutline(ctx, rolloutID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		before := r.State
		if err := advance(ctx, tx, &r); err != nil {
			return err
		}
		if r.FinishedAt != nil && r.FinishedAt.Equal(tx.Now) {
			finished = &r
		}
		return s.tell(ctx, tx, before, r)
	})
	if err != nil {
		return nil, fmt.Errorf("advance rollout: %w", err)
	}
	if finished != nil && s.Logger != nil {
		s.Logger.InfoContext(ctx, "rollout finished", "rollout", finished.ID, "project", finished.ProjectID,
			"commit", finished.Commit)
	}
	return nil, nil
}

// tellAfter is how long what changed within a state may wait to be told on the commit, so that a
// rollout of many tasks does not spend the provider's budget on each.
const tellAfter = 500 * time.Millisecond

func (s *Service) tell(
	ctx context.Context, tx *store.Tx, before towpath.RolloutState, r towpath.Rollout,
) error {
	if r.State == before {
		return tx.EnqueueAt(ctx, towpath.JobPostStatus, r.ID, tx.Now.Add(tellAfter))
	}
	return tx.Enqueue(ctx, towpath.JobPostStatus, r.ID)
}

func advance(ctx context.Context, tx *store.Tx, r *towpath.Rollout) error {
	if r.FinishedAt != nil {
		// A task that was running when a newer rollout took over has ended here; the newer one may
		// have waited for it.
		if r.SupersededBy == "" || r.SupersededBy == r.ID {
			return nil
		}
		return tx.Enqueue(ctx, towpath.JobAdvance, r.SupersededBy)
	}
	for _, t := range r.Next() {
		if err := tx.Enqueue(ctx, towpath.JobRunTask, t.ID); err != nil {
			return err
		}
	}
	state := towpath.SummarizeTasks(r.Tasks)
	if state == r.State && !state.Ended() {
		return nil
	}
	r.State = state
	if state.Ended() {
		r.FinishedAt = &tx.Now
		if err := wakeOtherLinks(ctx, tx, *r); err != nil {
			return err
		}
	}
	if state == towpath.RolloutDone {
		// what was accepted is no trouble any more
		for _, kind := range []towpath.JobKind{towpath.JobWriteBack, towpath.JobPostPlan} {
			if err := tx.Enqueue(ctx, kind, r.LinkID); err != nil {
				return err
			}
		}
	}
	return tx.UpdateRollout(ctx, r)
}

// wakeOtherLinks has the project's other links planned again: a file of theirs may have waited for
// one of this rollout's.
func wakeOtherLinks(ctx context.Context, tx *store.Tx, r towpath.Rollout) error {
	if len(r.Tasks) == 0 {
		return nil
	}
	return tx.WakeLinks(ctx, r.ProjectID, r.LinkID)
}
