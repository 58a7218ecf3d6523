package executor

import (
	"context"

	"towpath"
	"towpath/internal/store"
)

// importedRows returns the rows of imported migrations that a ledger lacks.
func (h heldTarget) importedRows(
	l towpath.Ledger, list []towpath.ImportedMigration,
) (rows []towpath.LedgerEntry) {
	known := map[towpath.MigrationID]bool{}
	for _, e := range l.Entries {
		known[e.MigrationID] = true
	}
	for _, m := range list {
		if known[m.MigrationID] {
			continue
		}
		known[m.MigrationID] = true
		rows = append(rows, h.importedRow(m))
	}
	return rows
}

// importedRow is a migration's row in the ledger. One that another tool did not finish waits for a
// person, as a statement without an outcome does.
func (h heldTarget) importedRow(m towpath.ImportedMigration) towpath.LedgerEntry {
	row := h.lease.migrationRow(m.Migration, m.Commit, towpath.LedgerBaselined)
	j := journal{Source: &m.Source}
	if m.Halfway {
		row.State = towpath.LedgerRunning
		j.Indeterminate = towpath.Why(towpath.ReasonHistoryHalfway,
			"tool", m.Source.Tool, "table", m.Source.Table)
	} else {
		row.FinishedAt = &row.StartedAt
	}
	row.Intent = j.text()
	return row
}

// addImported adds imported rows to the change history of their database.
func addImported(ctx context.Context, tx *store.Tx, h heldTarget, rows []towpath.LedgerEntry) error {
	if len(rows) == 0 {
		return nil
	}
	environment, err := tx.Environment(ctx, h.EnvironmentID)
	if err != nil {
		return err
	}
	for _, e := range rows {
		if !e.State.Applied() {
			continue
		}
		m := towpath.Migration{
			MigrationID: e.MigrationID, Label: e.Label(), Description: e.Description, Path: e.Path,
			Checksum: e.Checksum, Environment: environment.Name, Database: h.Name,
		}
		task := towpath.Task{DatabaseID: h.ID, ProjectID: h.ProjectID}
		row := historyOf(origin{}, task, change{Migration: m, entry: e})
		row.Source = e.Source()
		if err := tx.AddHistory(ctx, &row); err != nil {
			return err
		}
	}
	return nil
}
