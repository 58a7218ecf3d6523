package rollout

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/store"
)

// Retry makes a failed task pending again, with the current text. CodeConflict when it has not
// failed.
func (s *Service) Retry(ctx context.Context, actor towpath.Actor, taskID string) (towpath.Task, error) {
	return s.decide(ctx, actor, taskID, decision{act: towpath.ActTaskRetry},
		func(t *towpath.Task, _ time.Time) error {
			if t.State != towpath.TaskFailed {
				return towpath.Errorf(towpath.CodeConflict,
					"Only a failed task can be tried again; this one is %s.", t.State)
			}
			t.State, t.Reason = towpath.TaskPending, towpath.Reason{}
			return nil
		}, currentText)
}

// Release makes a held task pending, with the current text. CodeConflict when it is not held.
func (s *Service) Release(ctx context.Context, actor towpath.Actor, taskID string) (towpath.Task, error) {
	return s.decide(ctx, actor, taskID, decision{act: towpath.ActTaskRelease},
		func(t *towpath.Task, _ time.Time) error {
			if t.State != towpath.TaskHeld {
				return towpath.Errorf(towpath.CodeConflict,
					"Only a held task can be released; this one is %s.",
					t.State)
			}
			if t.WaitsForStart() {
				return towpath.Errorf(towpath.CodeConflict,
					"This task waits for the start of its environment. Start the environment instead.")
			}
			t.State = towpath.TaskPending
			t.Reason = towpath.Reason{}
			t.Released = true
			return nil
		}, currentText, toGate)
}

// Skip closes a task without running it. The reason is required and stays with the task.
// CodeConflict when the task is running or has finished.
func (s *Service) Skip(ctx context.Context, actor towpath.Actor, taskID, text string) (towpath.Task, error) {
	reason, err := towpath.Skipped(text)
	if err != nil {
		return towpath.Task{}, err
	}
	how := decision{act: towpath.ActTaskSkip, params: reason.Params}
	return s.decide(ctx, actor, taskID, how,
		func(t *towpath.Task, now time.Time) error {
			if !t.State.MayBecome(towpath.TaskSkipped) {
				return towpath.Errorf(towpath.CodeConflict, "A task that is %s cannot be skipped.", t.State)
			}
			if t.Action == towpath.ActionRecord && t.Type == towpath.TypeBaseline && t.Path == "" {
				return towpath.Errorf(towpath.CodeConflict,
					"This records the baseline that was chosen when the repository was linked. "+
						"To choose otherwise, unlink it and link it again.")
			}
			t.Close(towpath.TaskSkipped, reason, now)
			return nil
		})
}

// Outcome is a person's decision about an unknown task.
type Outcome string

const (
	OutcomeApplied       Outcome = "applied"        // the database has it: record it, run nothing
	OutcomeNotApplied    Outcome = "not-applied"    // run it again
	OutcomeContinueAfter Outcome = "continue-after" // the database has its first statements: run the others
)

// Resolve sets the outcome of an unknown task. statements is for OutcomeContinueAfter: how many of
// the file's first statements the database has, at least one. CodeConflict when the task is not
// unknown.
func (s *Service) Resolve(
	ctx context.Context, actor towpath.Actor, taskID string, outcome Outcome, statements int,
) (towpath.Task, error) {
	var how decision
	switch outcome {
	case OutcomeApplied:
		how.act = towpath.ActTaskApplied
	case OutcomeNotApplied:
		how.act = towpath.ActTaskNotApplied
	case OutcomeContinueAfter:
		if statements < 1 {
			return towpath.Task{}, towpath.Invalid("statements",
				"Enter how many statements of the file are in the database, at least 1. "+
					"If none is, choose not-applied.")
		}
		how.act = towpath.ActTaskContinue
		how.params = map[string]string{"statement": strconv.Itoa(statements)}
	default:
		return towpath.Task{}, towpath.Invalid("outcome", "Choose %s, %s or %s.", OutcomeApplied,
			OutcomeNotApplied, OutcomeContinueAfter)
	}
	return s.decide(ctx, actor, taskID, how, func(t *towpath.Task, _ time.Time) error {
		if t.State != towpath.TaskUnknown {
			return towpath.Errorf(towpath.CodeConflict, "The outcome of this task is known: it is %s.",
				t.State)
		}
		switch {
		case outcome == OutcomeApplied && t.Action == towpath.ActionApply:
			t.Action, t.Covers = towpath.ActionRecord, []towpath.Migration{t.Migration}
		case outcome == OutcomeContinueAfter && t.Action != towpath.ActionApply:
			return towpath.Errorf(towpath.CodeConflict,
				"This task records changes and runs no statements. Choose %s or %s.", OutcomeApplied,
				OutcomeNotApplied)
		case outcome == OutcomeContinueAfter:
			t.ContinueAfter = statements
		}
		t.State, t.Reason = towpath.TaskPending, towpath.Reason{}
		return nil
	}, currentText)
}

// Cancel requests that a running task is stopped in its database. The task becomes failed, or done
// if it finishes first. CodeConflict when it is not running.
func (s *Service) Cancel(ctx context.Context, actor towpath.Actor, taskID string) (towpath.Task, error) {
	return s.decide(ctx, actor, taskID, decision{act: towpath.ActTaskCancel},
		func(t *towpath.Task, now time.Time) error {
			if t.State == towpath.TaskRunning {
				t.CancelAt = &now
				return nil
			}
			return towpath.Errorf(towpath.CodeConflict,
				"Only a running task can be cancelled; this one is %s. "+
					"A task that has not started can be skipped.",
				t.State)
		})
}

// currentText updates a task to the current text of the branch: an old text must not run after a
// new one was pushed. CodeConflict when the branch no longer has the file, or the repository was
// unlinked.
func currentText(ctx context.Context, tx *store.Tx, r towpath.Rollout, t *towpath.Task) error {
	link, err := tx.Link(ctx, r.LinkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return towpath.Errorf(towpath.CodeConflict,
			"The repository of this task was unlinked. Its tasks no longer run.")
	}
	if err != nil {
		return err
	}
	if t.Action != towpath.ActionApply || t.Type == towpath.TypeUndo { // what was applied is undone
		return nil
	}
	before := t.Checksum
	there, err := tx.UpdateText(ctx, link, t)
	if err != nil {
		return err
	}
	if there {
		return startsAgain(ctx, tx, *t, before)
	}
	return towpath.Errorf(towpath.CodeConflict,
		"%s is no longer on the branch. Skip the task, or push the file again.", t.Path)
}

// startsAgain refuses a text that nobody has started where changes wait at a gate. before is the
// checksum of the text that was seen.
func startsAgain(ctx context.Context, tx *store.Tx, t towpath.Task, before string) error {
	if t.Checksum == before {
		return nil
	}
	e, err := tx.Environment(ctx, t.EnvironmentID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	if err != nil || !e.Holds() {
		return err
	}
	return towpath.Errorf(towpath.CodeConflict,
		"A push has changed %s, and changes of %s wait for a start. Wait for the new plan, then start it.",
		t.Path, e.Name)
}

// toGate leaves a released task at the gate of its environment, when there is one.
func toGate(ctx context.Context, tx *store.Tx, _ towpath.Rollout, t *towpath.Task) error {
	e, err := tx.Environment(ctx, t.EnvironmentID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	if err == nil && e.Holds() && t.Action == towpath.ActionApply {
		t.State, t.Reason = towpath.TaskHeld, e.HeldReason(e.Name)
	}
	return err
}

// decision is the act of a person who decides about a task, with the params that only this act has.
type decision struct {
	act    towpath.EventKind
	params map[string]string
}

// errAlready ends a decision that another person has made already. It changes nothing and is no error.
var errAlready = errors.New("decided already")

var errFinished = towpath.Errorf(towpath.CodeConflict, "The rollout of this task has finished. "+
	"A newer one of the same repository may have the migration.")

// decide changes a task, wakes its rollout and adds the audit event, all in one transaction. also
// makes further checks and changes in the same transaction.
func (s *Service) decide(ctx context.Context, actor towpath.Actor, taskID string, how decision,
	change func(t *towpath.Task, now time.Time) error,
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
			return errFinished
		}
		if err := change(&t, tx.Now); errors.Is(err, errAlready) {
			return nil
		} else if err != nil {
			return err
		}
		for _, do := range also {
			if err := do(ctx, tx, r, &t); err != nil {
				return err
			}
		}
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
		if t.State == towpath.TaskSkipped || t.Mark != nil { // its findings do not matter anymore
			if err := tx.WantReview(ctx, r); err != nil {
				return err
			}
		}
		// what was decided is no trouble of the plan any more
		if err := errors.Join(tx.Enqueue(ctx, towpath.JobAdvance, t.RolloutID),
			tx.Enqueue(ctx, towpath.JobPostPlan, r.LinkID)); err != nil {
			return err
		}
		act := actor.Did(how.act, t.ID, t.ProjectID,
			"path", t.Path, "environment", t.Environment, "database", t.Database)
		maps.Copy(act.Params, how.params)
		tx.Emit(act)
		return nil
	})
	return t, err
}

// Close cancels the tasks of a link's open rollout that do not run, in the transaction that removes
// the link.
func Close(ctx context.Context, tx *store.Tx, linkID string, reason towpath.Reason) error {
	open, err := tx.OpenRollout(ctx, linkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil
	}
	if err != nil {
		return err
	}
	for _, t := range open.Tasks {
		if !t.State.MayBecome(towpath.TaskCancelled) {
			continue
		}
		t.Close(towpath.TaskCancelled, reason, tx.Now)
		if err := tx.UpdateTask(ctx, &t); err != nil {
			return err
		}
	}
	return tx.Enqueue(ctx, towpath.JobAdvance, open.ID)
}
