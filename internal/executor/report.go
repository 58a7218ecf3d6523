package executor

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/store"
)

// reporter writes the outcomes of a batch's attempts. It is for one transaction.
type reporter struct {
	tx        *store.Tx
	rolloutID string // of the batch
}

// finish writes the outcomes of attempts. A task that is not running any more was written before,
// by a transaction whose commit was not confirmed: the lease is held.
func (r reporter) finish(ctx context.Context, databaseID string, ended []*attempt) error {
	running, err := r.tx.RunningTasks(ctx, databaseID)
	if err != nil {
		return err
	}
	origins := map[string]origin{}
	for _, a := range ended {
		i := slices.IndexFunc(running, func(t towpath.Task) bool { return a.isOf(t) })
		if i < 0 {
			continue
		}
		task := running[i]
		from, known := origins[task.RolloutID]
		if !known {
			if from, err = originOf(ctx, r.tx, task.RolloutID); err != nil {
				return err
			}
			origins[task.RolloutID] = from
			if err := r.wakeOther(ctx, task.RolloutID); err != nil {
				return err
			}
		}
		if err := r.finishOne(ctx, a, task, from); err != nil {
			return err
		}
	}
	return r.tx.SettleDrifts(ctx, databaseID)
}

func (r reporter) finishOne(ctx context.Context, a *attempt, task towpath.Task, from origin) error {
	if err := r.finishAttempt(ctx, a, a.out); err != nil {
		return err
	}
	task.Total = int(a.total.Load())
	task.Finished = int(a.finished.Load())
	task.StartedAt = &a.beganAt
	if err := finishTask(ctx, r.tx, &task, withExtent(a.out, a.stored), a.endedAt); err != nil {
		return err
	}
	if at := a.out.requeueAt(r.tx.Now); at != nil {
		if err := r.tx.EnqueueAt(ctx, towpath.JobRunTask, task.ID, *at); err != nil {
			return err
		}
	}
	return addHistory(ctx, r.tx, from, task, a.out.changes, a.effects())
}

// wakeOther schedules a rollout that has taken over a task of the batch. The batch's own rollout is
// scheduled when the batch ends.
func (r reporter) wakeOther(ctx context.Context, rolloutID string) error {
	if rolloutID == r.rolloutID {
		return nil
	}
	return r.tx.Enqueue(ctx, towpath.JobAdvance, rolloutID)
}

// finishAttempt writes an attempt's outcome and the log of its statements.
func (r reporter) finishAttempt(ctx context.Context, a *attempt, out outcome) error {
	stored := a.stored
	if stored.State = out.attemptState(); out.state != towpath.TaskDone {
		stored.Message = out.reason
	}
	stored.Line = out.pos.Line
	stored.Column = out.pos.Column
	stored.Total = int(a.total.Load())
	stored.StartedAt = a.beganAt
	stored.FinishedAt = &a.endedAt
	stored.Extent = extentOf(out, a.at, a.autocommits(), a.unverified)
	stored.Kept = a.at.kept
	if a.script != nil {
		stored.Filling = a.script.filling
	}
	if stored.Extent == towpath.ExtentUnknown || stored.Extent == towpath.ExtentUntouched {
		stored.Kept = 0
	}
	a.stored = stored
	if err := r.tx.UpdateAttempt(ctx, &stored); err != nil {
		return err
	}
	return r.tx.AddStatements(ctx, stored.ID, a.log.within(stored))
}

// release returns unstarted tasks to pending.
func (r reporter) release(ctx context.Context, unbegun []*attempt) error {
	for _, a := range unbegun {
		task, err := r.tx.Task(ctx, a.task.ID)
		if err != nil {
			return err
		}
		if task.State != towpath.TaskRunning || !a.isOf(task) {
			continue // released before, by a transaction whose commit was not confirmed
		}
		if err := errors.Join(r.wakeOther(ctx, task.RolloutID), r.releaseOne(ctx, a, task)); err != nil {
			return err
		}
	}
	return nil
}

// releaseOne returns a claimed but unstarted task to pending, then applies any decision that
// arrived while it was marked running: a cancel request fails it, an unlink cancels it, a newer
// commit plans it again.
func (r reporter) releaseOne(ctx context.Context, a *attempt, task towpath.Task) error {
	if task.CancelAt != nil {
		out := outcome{state: towpath.TaskFailed, reason: towpath.Why(towpath.ReasonCancelledEarly)}
		a.beganAt = a.stored.StartedAt
		a.endedAt = r.tx.Now
		return errors.Join(r.finishAttempt(ctx, a, out), finishTask(ctx, r.tx, &task, out, r.tx.Now))
	}
	rollout, err := r.tx.RolloutAlone(ctx, task.RolloutID)
	if err != nil {
		return err
	}
	link, err := r.tx.Link(ctx, rollout.LinkID)
	unlinked := towpath.ErrorCode(err) == towpath.CodeNotFound
	if err != nil && !unlinked {
		return err
	}
	last := a.was // as its last attempt left it
	task.State = towpath.TaskPending
	task.Attempts = a.stored.Number - 1
	task.Error = last.Error
	task.Total = last.Total
	task.Finished = last.Finished
	task.StartedAt = last.StartedAt
	task.FinishedAt = last.FinishedAt
	if err := errors.Join(r.tx.UpdateTask(ctx, &task), r.tx.DeleteAttempt(ctx, a.stored.ID)); err != nil {
		return err
	}
	if unlinked {
		task.Close(towpath.TaskCancelled, towpath.Why(towpath.ReasonUnlinked), r.tx.Now)
		return r.tx.UpdateTask(ctx, &task)
	}
	if task.RolloutID == a.task.RolloutID && link.SyncedCommit == rollout.Commit {
		return nil
	}
	return planAgain(ctx, r.tx, task)
}

// withExtent adds to the reason how much of the file is in the database, unless nothing is.
func withExtent(o outcome, a towpath.Attempt) outcome {
	switch a.Extent {
	case towpath.ExtentPart, towpath.ExtentTables, towpath.ExtentKept:
		if a.Kept > 0 || a.Extent != towpath.ExtentKept {
			o.reason = towpath.Why(towpath.ReasonPartlyKept, "extent", string(a.Extent),
				"kept", strconv.Itoa(a.Kept), "total", strconv.Itoa(a.Total)).From(o.reason)
		}
	}
	return o
}

// finishTask writes a task's new state.
func finishTask(ctx context.Context, tx *store.Tx, t *towpath.Task, out outcome, at time.Time) error {
	t.State = out.state
	t.Reason = towpath.Reason{}
	t.FinishedAt = &at
	t.CancelAt = nil
	t.ContinueAfter = 0
	if out.unmark {
		t.Unmark()
	}
	switch out.state {
	case towpath.TaskPending:
		t.StartedAt = nil
		t.FinishedAt = nil
		t.Finished = 0
	case towpath.TaskDone:
		t.Reason = out.reason
	case towpath.TaskFailed, towpath.TaskUnknown:
		t.Reason = out.reason
		if out.pos.Line > 0 {
			line, column := strconv.Itoa(out.pos.Line), strconv.Itoa(out.pos.Column)
			failed := towpath.Why(towpath.ReasonStatementFailed,
				"path", t.Path, "line", line, "column", column)
			t.Reason = failed.From(out.reason)
		}
		t.Error = t.Reason
	}
	if err := tx.UpdateTask(ctx, t); err != nil {
		return err
	}
	if out.state == towpath.TaskDone {
		if err := holdOthers(ctx, tx, *t); err != nil {
			return err
		}
	}
	again := t.Action == towpath.ActionRecord || t.Released || t.Type == towpath.TypeRepeatable ||
		t.Type == towpath.TypeUndo
	if (out.state == towpath.TaskDone && again) || out.state == towpath.TaskFailed || out.state == towpath.TaskUnknown {
		return planAgain(ctx, tx, *t)
	}
	return nil
}

// planAgain schedules a plan for the link of a task: a corrected text may have been pushed while it
// ran, and later stages may have waited for a text that was recorded. A repeatable file that was changed
// while it ran runs again.
func planAgain(ctx context.Context, tx *store.Tx, t towpath.Task) error {
	r, err := tx.RolloutAlone(ctx, t.RolloutID)
	if err != nil {
		return err
	}
	if err := tx.StaleLedgers(ctx, t.ProjectID); err != nil {
		return err
	}
	return tx.Enqueue(ctx, towpath.JobReconcile, r.LinkID)
}
