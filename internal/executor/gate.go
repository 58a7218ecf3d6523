package executor

import (
	"context"
	"slices"
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

// isPaused reports whether a person keeps the task from starting. Its rollout is looked at again when
// somebody resumes.
func isPaused(ctx context.Context, tx *store.Tx, t towpath.Task) (bool, error) {
	pauses, err := tx.Pauses(ctx)
	_, paused := towpath.StoppedBy(pauses, t)
	return paused, err
}

// passingTasks returns the first tasks of a line that pass the gate of their environment.
func passingTasks(ctx context.Context, tx *store.Tx, line []towpath.Task) ([]towpath.Task, error) {
	if len(line) == 0 {
		return nil, nil
	}
	if n := slices.IndexFunc(line, func(t towpath.Task) bool { return t.Type == towpath.TypeUndo }); n >= 0 {
		line = line[:n] // it begins a batch of its own
	}
	if len(line) == 0 {
		return nil, nil
	}
	// all are of one rollout, one database and its environment
	if paused, err := isPaused(ctx, tx, line[0]); err != nil || paused {
		return nil, err
	}
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
