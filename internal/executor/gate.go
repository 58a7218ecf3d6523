package executor

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// passGate looks at the gate of a pending task's environment again, in the transaction that would run
// the task. It holds a task whose start was of something else. requeueAt is when a window may open.
// begun is true in a target that is being changed: what runs may finish.
func passGate(
	ctx context.Context, tx *store.Tx, t towpath.Task, begun bool,
) (passes bool, requeueAt *time.Time, err error) {
	s, start, gated, err := tx.StageOfTask(ctx, t)
	if err != nil || !gated {
		return err == nil, nil, err
	}
	d := s.Claim(t, begun || start.Glass != "", tx.Now)
	if d.Verdict != towpath.VerdictClosed {
		return d.Verdict == towpath.VerdictStart, d.Next, nil
	}
	t.State, t.Reason = towpath.TaskHeld, d.Because[0]
	if err := tx.UpdateTask(ctx, &t); err != nil {
		return false, nil, err
	}
	return false, nil, tx.Enqueue(ctx, towpath.JobAdvance, t.RolloutID)
}

// passingTasks returns the first tasks of a line that pass the gate of their environment.
func passingTasks(ctx context.Context, tx *store.Tx, line []towpath.Task) ([]towpath.Task, error) {
	if len(line) == 0 {
		return nil, nil
	}
	// all of one database have one environment
	if _, _, gated, err := tx.StageOfTask(ctx, line[0]); err != nil || !gated {
		return line, err
	}
	for n, t := range line {
		if passes, _, err := passGate(ctx, tx, t, true); err != nil || !passes {
			return line[:n], err
		}
	}
	return line, nil
}
