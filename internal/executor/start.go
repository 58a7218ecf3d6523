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
	for _, task := range tasks {
		a := &attempt{shared: s, limits: s.defaults, was: task}
		number := 1
		if task.Attempts > 0 {
			if number, a.resolved, err = closeEarlier(ctx, tx, task); err != nil {
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
			StartedAt: tx.Now,
		}
		if err := tx.CreateAttempt(ctx, &a.stored); err != nil {
			return nil, err
		}
		attempts = append(attempts, a)
	}
	return attempts, nil
}

// closeEarlier closes an attempt of the task that a crash left open, and returns the number of the
// next one. resolved is true when the last one was unknown and a person chose to run the task
// again.
func closeEarlier(
	ctx context.Context, tx *store.Tx, task towpath.Task,
) (number int, resolved bool, err error) {
	attempts, err := tx.Attempts(ctx, task.ID)
	if err != nil {
		return 0, false, err
	}
	number = 1
	for _, a := range attempts {
		number = max(number, a.Number+1)
		resolved = task.State == towpath.TaskPending && a.State == towpath.TaskUnknown
		if a.State != towpath.TaskRunning {
			continue
		}
		a.State = towpath.TaskFailed
		a.Message = towpath.Why(towpath.ReasonServerDied)
		a.FinishedAt = &tx.Now
		if err := tx.UpdateAttempt(ctx, &a); err != nil {
			return 0, false, err
		}
	}
	return number, resolved, nil
}
