package executor

import (
	"context"
	"errors"
	"slices"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// readUndone reads the row of the migration that the task takes back, while the ledger is held. It
// returns a *terminalError when the database does not have the text whose way back would run.
func (a *attempt) readUndone(ctx context.Context, session engine.Session) error {
	of, _, ok := a.task.Undoes()
	if !ok {
		return nil
	}
	e, found, err := session.Entry(ctx, of)
	if err != nil {
		return err
	}
	if !found || !e.State.Applied() || e.Checksum != a.task.Undone().Checksum {
		return terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonUndoMoved, "version", of.Version))
	}
	if err := a.lease.raise(ctx, e.Epoch-1); err != nil {
		return err
	}
	a.undone = &e
	return nil
}

// undoRows returns the rows that are written together with the last one of a task: of a migration that
// is taken back, its own too. From then on the database does not have it.
func (a *attempt) undoRows(
	entry *towpath.LedgerEntry,
) (rows []towpath.LedgerEntry, undone *towpath.LedgerEntry) {
	if a.undone == nil {
		return []towpath.LedgerEntry{*entry}, nil
	}
	j, _ := readJournal(*entry)
	j.Undoing = a.task.Undoing
	entry.Intent = j.text()
	e := *a.undone
	e.State, e.StatementsDone, e.FinishedAt = towpath.LedgerUndone, 0, entry.FinishedAt
	e.Epoch, e.ServerID = entry.Epoch, entry.ServerID
	e.Intent = journal{Undoing: a.task.Undoing}.text()
	return []towpath.LedgerEntry{*entry, e}, &e
}

// mayUndo looks again whether a pending task may undo its migration, in the transaction that would run
// it. It holds a task that may not.
func mayUndo(ctx context.Context, tx *store.Tx, t towpath.Task) (may bool, err error) {
	of, _, ok := t.Undoes()
	if !ok {
		return true, nil
	}
	environments, databases, open, err := tx.ProjectState(ctx, t.ProjectID)
	if err != nil {
		return false, err
	}
	open = slices.DeleteFunc(open, func(o towpath.Task) bool { return o.ID == t.ID })
	found := plan.Undo(plan.UndoInput{
		Environments: environments, Databases: databases, Open: open, DatabaseID: t.DatabaseID,
	})
	why := found.Refused
	if e := found.Entry; why.IsZero() && (e.MigrationID != of || e.Checksum != t.Undone().Checksum) {
		why = towpath.Why(towpath.ReasonUndoMoved, "version", of.Version)
	}
	if why.IsZero() {
		return true, nil
	}
	t.State, t.Reason = towpath.TaskHeld, why
	return false, errors.Join(tx.UpdateTask(ctx, &t), tx.Enqueue(ctx, towpath.JobAdvance, t.RolloutID))
}

// holdOthers keeps the tasks that wait in a database from starting before the plan has seen that a
// version was undone there: they may need it.
func holdOthers(ctx context.Context, tx *store.Tx, t towpath.Task) error {
	of, _, ok := t.Undoes()
	if !ok {
		return nil
	}
	open, err := tx.OpenTasks(ctx, t.DatabaseID)
	if err != nil {
		return err
	}
	for _, o := range open {
		if o.State != towpath.TaskPending {
			continue
		}
		o.State, o.Reason = towpath.TaskHeld, towpath.Why(towpath.ReasonWaitsForUndo, "version", of.Version)
		if err := tx.UpdateTask(ctx, &o); err != nil {
			return err
		}
	}
	return nil
}
