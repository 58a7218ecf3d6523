package store

import (
	"context"

	"towpath"
)

// LedgerEntry reads the row of a migration from the snapshot of a database's ledger. CodeNotFound
// when the ledger has none.
func (tx *Tx) LedgerEntry(
	ctx context.Context, databaseID string, id towpath.MigrationID,
) (towpath.LedgerEntry, error) {
	row, err := ledgerEntries.get(ctx, tx, "database_id = $1 AND version = $2 AND type = $3", databaseID,
		id.Version, string(id.Type))
	return row.LedgerEntry, err
}
