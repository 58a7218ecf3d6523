package executor

import (
	"context"

	"towpath"
	"towpath/internal/store"
)

// start marks tasks as running and opens an attempt for each. It closes an attempt that a crash
// left open.
func (s *shared) start(
	ctx context.Context, tx *store.Tx, tasks []towpath.Task,
) (attempts []*attempt, err error) {
	fillings := map[string]towpath.Filling{} // by rollout
	for _, task := range tasks {
		a := &attempt{shared: s, limits: s.defaults, was: task}
		var last towpath.Attempt
		if task.Attempts > 0 {
			if last, a.resolved, err = closeEarlier(ctx, tx, task); err != nil {
				return nil, err
			}
		}
		number := last.Number + 1
		filling := last.Filling // of the attempt that a crash has ended, whatever the variables are now
		if task.State != towpath.TaskRunning {
			if filling, err = s.filling(ctx, tx, task.RolloutID, fillings); err != nil {
				return nil, err
			}
		}
		task.State = towpath.TaskRunning
		task.Reason = towpath.Reason{}
		task.Error = towpath.Reason{}
		task.Attempts = number
		task.Total = 0
		task.Finished = 0
		task.StartedAt = &tx.Now
		task.FinishedAt = nil
		// CancelAt stays: a cancel of an attempt that died applies to this one too.
		if err := tx.UpdateTask(ctx, &task); err != nil {
			return nil, err
		}
		a.task = task
		a.stored = towpath.Attempt{
			TaskID:    task.ID,
			Number:    number,
			State:     towpath.TaskRunning,
			Filling:   filling,
			StartedAt: tx.Now,
		}
		if err := tx.CreateAttempt(ctx, &a.stored); err != nil {
			return nil, err
		}
		attempts = append(attempts, a)
	}
	return attempts, nil
}

// filling returns what is put into the files of a rollout now. The gate has seen the same, since it
// was passed in this transaction.
func (s *shared) filling(
	ctx context.Context, tx *store.Tx, rolloutID string, known map[string]towpath.Filling,
) (towpath.Filling, error) {
	if filling, ok := known[rolloutID]; ok {
		return filling, nil
	}
	r, err := tx.RolloutAlone(ctx, rolloutID)
	if err != nil {
		return towpath.Filling{}, err
	}
	e, err := tx.Environment(ctx, s.database.EnvironmentID)
	if err != nil {
		return towpath.Filling{}, err
	}
	known[rolloutID], err = tx.Filling(ctx, r.LinkID, e)
	return known[rolloutID], err
}

// closeEarlier closes an attempt of the task that a crash left open, and returns the last one.
// resolved is true when that was unknown and a person chose to run the task again.
func closeEarlier(
	ctx context.Context, tx *store.Tx, task towpath.Task,
) (last towpath.Attempt, resolved bool, err error) {
	attempts, err := tx.Attempts(ctx, task.ID)
	if err != nil {
		return last, false, err
	}
	for _, a := range attempts {
		if a.Number > last.Number {
			last = a
		}
		resolved = task.State == towpath.TaskPending && a.State == towpath.TaskUnknown
		if a.State != towpath.TaskRunning {
			continue
		}
		a.State = towpath.TaskFailed
		a.Message = towpath.Why(towpath.ReasonServerDied)
		a.FinishedAt = &tx.Now
		if err := tx.UpdateAttempt(ctx, &a); err != nil {
			return last, false, err
		}
	}
	return last, resolved, nil
}
