// Package rollout advances rollouts: it decides which tasks may start, summarizes their states, and
// applies people's decisions about tasks. It runs nothing: it enqueues jobs, which the executor
// handles.
package rollout

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"towpath"
	"towpath/internal/store"
)

// Service advances rollouts. It is safe for concurrent use, also by several processes on the same
// metadata.
type Service struct {
	Store   *store.Store
	Logger  *slog.Logger
	Catalog Catalog
}

// Advance opens the gates that need nobody, enqueues the tasks of a rollout that may start, updates
// the rollout's state, and finishes it when no task is open. It is the handler of towpath.JobAdvance
// and is idempotent.
func (s *Service) Advance(ctx context.Context, rolloutID string) (*time.Time, error) {
	var finished *towpath.Rollout
	var again *time.Time // when a gate may open by itself
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		finished, again = nil, nil
		r, err := tx.RolloutOutline(ctx, rolloutID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil {
			return err
		}
		before := r.State
		if again, err = openGates(ctx, tx, &r); err != nil {
			return err
		}
		if err := advance(ctx, tx, &r); err != nil {
			return err
		}
		if r.FinishedAt != nil && r.FinishedAt.Equal(tx.Now) {
			finished = &r
		}
		return s.enqueueStatus(ctx, tx, before, r)
	})
	if err != nil {
		return nil, fmt.Errorf("advance rollout: %w", err)
	}
	if finished != nil && s.Logger != nil {
		s.Logger.InfoContext(ctx, "rollout finished", "rollout", finished.ID, "project", finished.ProjectID,
			"commit", finished.Commit)
	}
	return again, nil
}

// statusDelay delays the build status of a change that keeps the rollout's state, so that a rollout
// of many tasks does not use up the provider's budget of calls.
const statusDelay = 500 * time.Millisecond

func (s *Service) enqueueStatus(
	ctx context.Context, tx *store.Tx, before towpath.RolloutState, r towpath.Rollout,
) error {
	if r.State == before {
		due := tx.Now.Add(statusDelay)
		return errors.Join(tx.EnqueueAt(ctx, towpath.JobPostStatus, r.ID, due),
			tx.WantNotify(ctx, towpath.JobNotifyRollout, r.ID, due))
	}
	return errors.Join(tx.Enqueue(ctx, towpath.JobPostStatus, r.ID),
		tx.WantNotify(ctx, towpath.JobNotifyRollout, r.ID, tx.Now))
}

func advance(ctx context.Context, tx *store.Tx, r *towpath.Rollout) error {
	if r.FinishedAt != nil {
		// A task that was running when a newer rollout took over has finished. The newer one may
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
		if err := errors.Join(wakeOtherLinks(ctx, tx, *r),
			tx.DeletePause(ctx, towpath.PauseRollout, r.ID)); err != nil {
			return err
		}
	}
	if state == towpath.RolloutDone {
		// schemas may have changed, accepted files are no longer a problem, and what other branches
		// edit may be applied now
		for _, kind := range []towpath.JobKind{
			towpath.JobWriteBack, towpath.JobPostPlan, towpath.JobJudgeBranches,
		} {
			if err := tx.Enqueue(ctx, kind, r.LinkID); err != nil {
				return err
			}
		}
	}
	return tx.UpdateRollout(ctx, r)
}

// wakeOtherLinks schedules plans for the project's other links, since their files may have waited
// for files of this rollout.
func wakeOtherLinks(ctx context.Context, tx *store.Tx, r towpath.Rollout) error {
	if len(r.Tasks) == 0 {
		return nil
	}
	return tx.WakeLinks(ctx, r.ProjectID, r.LinkID)
}
