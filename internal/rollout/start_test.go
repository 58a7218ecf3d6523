package rollout_test

import (
	"context"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/store"
)

// waits adds a task to prod that waits for a start.
func (b *bundle) waits(t *testing.T, version string) towpath.Task {
	t.Helper()
	task := b.task(t, 1, version, towpath.TaskHeld)
	task.EnvironmentID, task.Environment = "prod", "prod"
	task.Reason = towpath.Why(towpath.ReasonManualStart, "environment", "prod")
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &task) })
	return task
}

func TestStart_startsWhatWasSeenOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	before := b.task(t, 0, "1", towpath.TaskPending)
	first, second := b.waits(t, "1"), b.waits(t, "2")
	evidence := towpath.Evidence([]towpath.Task{first, second})
	start := func(evidence, want string) {
		t.Helper()
		err := b.Start(t.Context(), towpath.Actor{}, b.rollout.ID, "prod", evidence)
		if want == "" && err != nil {
			t.Errorf("start: %v", err)
		}
		if want != "" && (towpath.ErrorCode(err) != towpath.CodeConflict || !strings.Contains(err.Error(), want)) {
			t.Errorf("start: %v, want a conflict with %q", err, want)
		}
	}
	start(evidence, "An environment before this one is not done")
	before.State = towpath.TaskDone
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &before) })
	start(towpath.Evidence([]towpath.Task{first}), "have changed since you looked")
	if _, err := b.Release(t.Context(), towpath.Actor{}, second.ID); err == nil {
		t.Error("one task was released before the one that comes first")
	}
	start(evidence, "")
	start(evidence, "") // by a second person
	if r := b.advance(t); r.State != towpath.RolloutRunning || !b.wanted(t, towpath.JobRunTask, first.ID) {
		t.Errorf("the rollout is %s", r.State)
	}
	if err := b.Start(t.Context(), towpath.Actor{}, b.rollout.ID, "test", ""); err == nil {
		t.Error("an environment without anything that waits was started")
	}
}

func TestStart_refusesATextThatNobodyHasSeen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.waits(t, "1")
	newer := task.Migration
	newer.Checksum = "of the newer text"
	b.file(t, newer)
	var prod towpath.Environment
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.Environments(ctx)
		if err != nil {
			return err
		}
		prod = all[1]
		prod.Start = towpath.StartManual
		task.EnvironmentID = prod.ID
		return tx.UpdateEnvironment(ctx, &prod)
	})
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &task) })
	err := b.Start(t.Context(), towpath.Actor{}, b.rollout.ID, prod.ID, towpath.Evidence([]towpath.Task{task}))
	if towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Errorf("start: %v", err)
	}
}
