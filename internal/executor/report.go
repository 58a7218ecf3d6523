package executor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/store"
)

// conclude writes how runs of the turn have ended. One that is not running any more was concluded before, by a transaction whose
// end was not heard of: the lease is held.
func (t *batch) conclude(ctx context.Context, tx *store.Tx, ended []*attempt) error {
	running, err := tx.RunningTasks(ctx, t.database.ID)
	if err != nil {
		return err
	}
	origins := map[string]origin{}
	for _, r := range ended {
		i := slices.IndexFunc(running, func(task towpath.Task) bool { return task.ID == r.task.ID && task.Attempts == r.stored.Number })
		if i < 0 {
			continue
		}
		task := running[i]
		from, known := origins[task.RolloutID]
		if !known {
			if from, err = originOf(ctx, tx, task.RolloutID); err != nil {
				return err
			}
			origins[task.RolloutID] = from
			if err := t.wakeOther(ctx, tx, task.RolloutID); err != nil {
				return err
			}
		}
		if err := r.closeAttempt(ctx, tx, r.out); err != nil {
			return err
		}
		task.Total, task.Finished, task.StartedAt = int(r.total.Load()), int(r.finished.Load()), &r.beganAt
		if err := endTask(ctx, tx, &task, r.out.withExtent(r.stored), r.endedAt); err != nil {
			return err
		}
		if at := r.out.requeueAt(tx.Now); at != nil {
			if err := tx.EnqueueAt(ctx, towpath.JobRunTask, task.ID, *at); err != nil {
				return err
			}
		}
		if err := r.keep(ctx, tx, from, task, r.out.changes); err != nil {
			return err
		}
	}
	return nil
}

// wakeOther has a rollout looked at that has taken over a task of the turn meanwhile. The turn's own is looked at when it ends.
func (t *batch) wakeOther(ctx context.Context, tx *store.Tx, rolloutID string) error {
	if rolloutID == t.rolloutID {
		return nil
	}
	return tx.Enqueue(ctx, towpath.JobAdvance, rolloutID)
}

func (r *attempt) closeAttempt(ctx context.Context, tx *store.Tx, out outcome) error {
	a := r.stored
	a.State, a.Message, a.Line, a.Column, a.Total, a.FinishedAt = out.attemptState(), out.reason, out.pos.Line, out.pos.Column, int(r.total.Load()), &r.endedAt
	a.StartedAt = r.beganAt
	a.Extent, a.Kept = extentOf(out, r.at, r.noTx, r.unsettled), r.at.kept
	if a.Extent == towpath.ExtentUnknown || a.Extent == towpath.ExtentUntouched {
		a.Kept = 0
	}
	for i, l := range r.logs {
		r.logs[i].State = a.StateOf(l.Index, l.Error != "")
		if r.logs[i].State == towpath.StatementRolledBack {
			r.logs[i].Rows = 0
		}
	}
	r.stored = a
	if err := tx.UpdateAttempt(ctx, &a); err != nil {
		return err
	}
	return tx.AddStatements(ctx, a.ID, r.logs)
}

// withExtent adds what is in the database to the reason, where that is more than nothing.
func (o outcome) withExtent(a towpath.Attempt) outcome {
	switch a.Extent {
	case towpath.ExtentPart, towpath.ExtentTables, towpath.ExtentKept:
		if a.Kept > 0 || a.Extent != towpath.ExtentKept {
			o.reason = towpath.Why(towpath.ReasonPartlyKept, "extent", a.InDatabase()).From(o.reason)
		}
	}
	return o
}

// endTask writes a task's new state.
func endTask(ctx context.Context, tx *store.Tx, t *towpath.Task, out outcome, at time.Time) error {
	t.State, t.Reason, t.FinishedAt, t.CancelAt, t.ContinueAfter = out.state, towpath.Reason{}, &at, nil, 0
	switch out.state {
	case towpath.TaskPending:
		t.StartedAt, t.FinishedAt, t.Finished = nil, nil, 0
	case towpath.TaskFailed, towpath.TaskUnknown:
		t.Reason = out.reason
		if out.pos.Line > 0 {
			t.Reason = towpath.Why(towpath.ReasonStatementFailed,
				"path", t.Path, "line", strconv.Itoa(out.pos.Line), "column", strconv.Itoa(out.pos.Column)).From(out.reason)
		}
		t.Error = t.Reason
	}
	if err := tx.UpdateTask(ctx, t); err != nil {
		return err
	}
	if out.state == towpath.TaskFailed || out.state == towpath.TaskUnknown {
		return planAgain(ctx, tx, *t)
	}
	return nil
}

// planAgain schedules a plan for the link of a task: a better text may have been pushed while it ran.
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

// keep adds the schema's dumps and the change history.
func (r *attempt) keep(ctx context.Context, tx *store.Tx, from origin, t towpath.Task, changes []change) error {
	filled := func(h *towpath.ChangeHistory) { h.RowsAffected = r.rows }
	if r.SnapshotSchemas && len(changes) > 0 && changes[0].fresh && t.Action == towpath.ActionApply {
		before, after := digest(r.before), digest(r.after)
		for checksum, dump := range map[string]string{before: r.before, after: r.after} {
			if err := tx.PutContent(ctx, checksum, []byte(dump)); err != nil {
				return err
			}
		}
		filled = func(h *towpath.ChangeHistory) { h.RowsAffected, h.SchemaBefore, h.SchemaAfter = r.rows, before, after }
	}
	return addHistory(ctx, tx, from, t, changes, filled)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// origin is where a rollout's changes come from.
type origin struct {
	linkID         string
	commit, author string // of the rollout
	repository     string // "" when it was unlinked
}

// authorOf tells who made the commit that brought a change; "" when that is not known.
func (o origin) authorOf(ctx context.Context, tx *store.Tx, commit string) (string, error) {
	if commit == o.commit {
		return o.author, nil
	}
	c, err := tx.Commit(ctx, o.linkID, commit)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return "", nil
	}
	return c.Author, err
}

func originOf(ctx context.Context, tx *store.Tx, rolloutID string) (origin, error) {
	r, err := tx.RolloutAlone(ctx, rolloutID)
	if err != nil {
		return origin{}, err
	}
	link, err := tx.Link(ctx, r.LinkID)
	if err != nil && towpath.ErrorCode(err) != towpath.CodeNotFound {
		return origin{}, err
	}
	return origin{linkID: r.LinkID, commit: r.Commit, author: r.Author, repository: link.RepositoryName}, nil
}

// addHistory brings rows of the ledger into the snapshot and the change history. A row that this run did not write is told
// of only when the history does not have it, as after a crash or a restored backup of the metadata.
func addHistory(ctx context.Context, tx *store.Tx, from origin, t towpath.Task, changes []change, fill func(*towpath.ChangeHistory)) error {
	for _, c := range changes {
		if err := tx.NoteLedger(ctx, t.DatabaseID, c.entry); err != nil {
			return err
		}
		if !c.fresh {
			if told, err := tx.InHistory(ctx, t.DatabaseID, c.entry); err != nil {
				return err
			} else if told {
				continue
			}
		}
		h := towpath.ChangeHistory{
			DatabaseID: t.DatabaseID, ProjectID: t.ProjectID, TaskID: t.ID, RolloutID: t.RolloutID, Migration: c.Migration,
			State: c.entry.State, Commit: c.entry.Commit, Repository: from.repository,
			StartedAt: c.entry.StartedAt, FinishedAt: c.entry.StartedAt, Statements: c.entry.StatementsDone,
		}
		if c.entry.FinishedAt != nil {
			h.FinishedAt = *c.entry.FinishedAt
		}
		author, err := from.authorOf(ctx, tx, c.entry.Commit)
		if err != nil {
			return err
		}
		h.Author = author
		if c.fresh {
			fill(&h)
		}
		if err := tx.AddHistory(ctx, &h); err != nil {
			return err
		}
	}
	return nil
}

// noteAsked writes into the last attempt what the ledger has told since: an unknown one before a task that runs again would say
// that a person has decided.
func noteAsked(ctx context.Context, tx *store.Tx, t towpath.Task, out outcome) error {
	attempts, err := tx.Attempts(ctx, t.ID)
	if err != nil || len(attempts) == 0 {
		return err
	}
	last := attempts[len(attempts)-1]
	last.State = out.attemptState()
	return tx.UpdateAttempt(ctx, &last)
}

// takeText gives a task that is to run again the text that the branch has now: it may begin with the statements that ran.
func takeText(ctx context.Context, tx *store.Tx, t *towpath.Task) error {
	if t.Action != towpath.ActionApply {
		return nil
	}
	r, err := tx.RolloutAlone(ctx, t.RolloutID)
	if err != nil {
		return err
	}
	link, err := tx.Link(ctx, r.LinkID)
	if err != nil {
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil // unlinked: the text that it has stays
		}
		return err
	}
	_, err = tx.TakeText(ctx, link, t)
	return err
}

// recheck looks at a task whose outcome is unknown: when its ledger can be read by now and says all, that is the outcome.
func (s *Service) recheck(ctx context.Context, taskID string) (requeueAt *time.Time, err error) {
	var t towpath.Task
	var d towpath.Database
	var i towpath.Instance
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if t, err = tx.Task(ctx, taskID); err != nil {
			return err
		}
		if d, err = tx.Database(ctx, t.DatabaseID); err != nil {
			return err
		}
		i, err = tx.Instance(ctx, d.InstanceID)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read task of unknown outcome: %w", err)
	}
	e, target, err := s.reach(i, d.Name)
	if err != nil {
		return s.after(unreadWait), nil
	}
	found, err := s.evidence(ctx, e, target, t, d.ID)
	if err != nil {
		return s.after(unreadWait), nil
	}
	out := outcome{state: towpath.TaskDone, changes: found.changes}
	if !found.complete {
		if found.indeterminate {
			return nil, nil // a person decides
		}
		out = outcome{state: towpath.TaskPending}
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.Task(ctx, taskID)
		if err != nil || now.State != towpath.TaskUnknown || now.Attempts != t.Attempts {
			return err
		}
		if out.state == towpath.TaskPending {
			if err := takeText(ctx, tx, &now); err != nil {
				return err
			}
		}
		if err := errors.Join(endTask(ctx, tx, &now, out, tx.Now), noteAsked(ctx, tx, now, out)); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobAdvance, now.RolloutID); err != nil {
			return err
		}
		from, err := originOf(ctx, tx, now.RolloutID)
		if err != nil {
			return err
		}
		return addHistory(ctx, tx, from, now, out.changes, func(*towpath.ChangeHistory) {})
	})
	if err != nil {
		return nil, fmt.Errorf("settle task of unknown outcome: %w", err)
	}
	return nil, nil
}
