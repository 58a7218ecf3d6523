package rollout

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"towpath"
	"towpath/internal/store"
)

// maxReason bounds a person's words, in characters.
const maxReason = 1000

// Retry lets a failed task run again. CodeConflict when it has not failed.
func (s *Service) Retry(ctx context.Context, actor towpath.Actor, taskID string) (towpath.Task, error) {
	return s.decide(ctx, actor, taskID, "task.retry", "", func(t *towpath.Task, _ time.Time) error {
		if t.State != towpath.TaskFailed {
			return towpath.Errorf(towpath.CodeConflict, "Only a failed task can be tried again; this one is %s.", t.State)
		}
		t.State, t.Reason = towpath.TaskPending, ""
		return nil
	}, freshText)
}

// Release lets a held task run. CodeConflict when it is not held.
func (s *Service) Release(ctx context.Context, actor towpath.Actor, taskID string) (towpath.Task, error) {
	return s.decide(ctx, actor, taskID, "task.release", "", func(t *towpath.Task, _ time.Time) error {
		if t.State != towpath.TaskHeld {
			return towpath.Errorf(towpath.CodeConflict, "Only a held task can be released; this one is %s.", t.State)
		}
		t.State, t.Reason, t.Released = towpath.TaskPending, "", true
		return nil
	}, freshText)
}

// Skip ends a task without running it. The reason is required, and is kept with the task. CodeConflict when the task is
// running or has ended.
func (s *Service) Skip(ctx context.Context, actor towpath.Actor, taskID, reason string) (towpath.Task, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" || utf8.RuneCountInString(reason) > maxReason {
		return towpath.Task{}, towpath.Invalid("reason", "Say in 1 to %d characters why the migration is skipped.", maxReason)
	}
	return s.decide(ctx, actor, taskID, "task.skip", ": "+reason, func(t *towpath.Task, now time.Time) error {
		if !t.State.MayBecome(towpath.TaskSkipped) {
			return towpath.Errorf(towpath.CodeConflict, "A task that is %s cannot be skipped.", t.State)
		}
		if t.Action == towpath.ActionRecord && t.Type == towpath.TypeBaseline && t.Path == "" {
			return towpath.Errorf(towpath.CodeConflict, "This records the baseline that was chosen when the repository was linked. To choose otherwise, unlink it and link it again.")
		}
		t.Close(towpath.TaskSkipped, reason, now)
		return nil
	})
}

// Resolve tells what became of a task whose outcome is unknown. With applied the migration is recorded as applied and not
// run; otherwise the task runs again. CodeConflict when the outcome is known.
func (s *Service) Resolve(ctx context.Context, actor towpath.Actor, taskID string, applied bool) (towpath.Task, error) {
	detail := ": it was not applied and runs again"
	if applied {
		detail = ": it was applied and is recorded"
	}
	return s.decide(ctx, actor, taskID, "task.resolve", detail, func(t *towpath.Task, _ time.Time) error {
		if t.State != towpath.TaskUnknown {
			return towpath.Errorf(towpath.CodeConflict, "The outcome of this task is known: it is %s.", t.State)
		}
		if applied && t.Action == towpath.ActionApply {
			t.Action, t.Covers = towpath.ActionRecord, []towpath.Migration{t.Migration}
		}
		t.State, t.Reason = towpath.TaskPending, ""
		return nil
	}, freshText)
}

// Cancel asks for a running task to be stopped in its database: it ends as failed, or, when it was quicker, as done. One
// that does not run is a CodeConflict.
func (s *Service) Cancel(ctx context.Context, actor towpath.Actor, taskID string) (towpath.Task, error) {
	return s.decide(ctx, actor, taskID, "task.cancel", "", func(t *towpath.Task, now time.Time) error {
		if t.State == towpath.TaskRunning {
			t.CancelAt = &now
			return nil
		}
		return towpath.Errorf(towpath.CodeConflict, "Only a running task can be cancelled; this one is %s. One that has not begun can be skipped.", t.State)
	})
}

// freshText gives a task that is to run the text that the branch has now: an old one must not run once a new one is pushed.
// CodeConflict when the file is gone from the branch, or the repository was unlinked.
func freshText(ctx context.Context, tx *store.Tx, r towpath.Rollout, t *towpath.Task) error {
	link, err := tx.Link(ctx, r.LinkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return towpath.Errorf(towpath.CodeConflict, "The repository of this task was unlinked. Nothing of it runs any more.")
	}
	if err != nil {
		return err
	}
	if t.Action != towpath.ActionApply {
		return nil
	}
	files, err := tx.Manifest(ctx, link.ID)
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.State != towpath.FileMatched || f.Reason != "" || f.MigrationID != t.MigrationID || f.Database != "" && f.Database != t.Database || f.Environment != "" && f.Environment != t.Environment {
			continue
		}
		if f.Checksum != t.Checksum {
			t.Path, t.Label, t.Description, t.Checksum, t.Commit = f.Path, f.Label, f.Description, f.Checksum, link.SyncedCommit
		}
		return nil
	}
	return towpath.Errorf(towpath.CodeConflict, "%s is no longer on the branch. Skip the task, or push the file again.", t.Path)
}

// decide changes a task, wakes its rollout and writes the audit, all in one transaction. also looks at what the change needs
// beyond the task.
func (s *Service) decide(ctx context.Context, actor towpath.Actor, taskID, action, detail string, change func(t *towpath.Task, now time.Time) error,
	also ...func(context.Context, *store.Tx, towpath.Rollout, *towpath.Task) error,
) (t towpath.Task, err error) {
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if t, err = tx.Task(ctx, taskID); err != nil {
			return err
		}
		r, err := tx.RolloutAlone(ctx, t.RolloutID)
		if err != nil {
			return err
		}
		if r.FinishedAt != nil {
			return towpath.Errorf(towpath.CodeConflict, "The rollout of this task is over. A newer one of the same repository may hold the migration.")
		}
		if err := change(&t, tx.Now); err != nil {
			return err
		}
		for _, look := range also {
			if err := look(ctx, tx, r, &t); err != nil {
				return err
			}
		}
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobAdvance, t.RolloutID); err != nil {
			return err
		}
		return tx.Audit(ctx, towpath.AuditEvent{
			MemberID: actor.Member.ID, Action: action, Subject: t.ID, ProjectID: t.ProjectID, Detail: t.Path + " in " + t.Environment + "/" + t.Database + detail,
		})
	})
	return t, err
}
