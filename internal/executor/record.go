package executor

import (
	"context"

	"towpath"
	"towpath/internal/engine"
)

// record writes the migrations that the task covers into the ledger, and runs nothing.
func (a *attempt) record(ctx context.Context, session engine.Session) ([]change, error) {
	var changes []change
	var missing []towpath.Migration
	for _, m := range a.task.Covers {
		e, found, err := session.Entry(ctx, m.MigrationID)
		if err != nil {
			return nil, err
		}
		if row := (ledgerRow{LedgerEntry: e, found: found}); recorded(m, row) || a.has(m, row) {
			changes = append(changes, change{Migration: m, entry: e})
			continue
		}
		if err := a.mayOverwrite(m, ledgerRow{LedgerEntry: e, found: found}); err != nil {
			return nil, err
		}
		missing = append(missing, m)
		if found {
			if err := a.lease.raise(ctx, e.Epoch); err != nil {
				return nil, err
			}
		}
	}
	if len(missing) > 0 && a.database.ProjectID != a.task.ProjectID {
		return nil, terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonUnassignedRecord))
	}
	if len(missing) > 0 {
		if err := a.readUndone(ctx, session); err != nil {
			return nil, err
		}
	}
	rows := make([]towpath.LedgerEntry, len(missing))
	var more []towpath.LedgerEntry // of what an undo takes back
	for i, m := range missing {
		rows[i] = a.lease.migrationRow(m, a.task.Commit, towpath.LedgerBaselined)
		rows[i].FinishedAt = &rows[i].StartedAt
		if a.task.Mark != nil {
			rows[i].Intent = journal{Mark: a.task.Mark}.text()
		}
		both, undone := a.undoRows(&rows[i])
		more = append(more, both[1:]...)
		changes = append(changes, change{Migration: m, entry: rows[i], fresh: true, undone: undone})
	}
	a.finished.Store(int64(len(changes)))
	return changes, session.Record(ctx, append(rows, more...)...)
}
