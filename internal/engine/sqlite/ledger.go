package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"towpath"
	"towpath/internal/engine"
)

// ledgerTable is the ledger's name. Columns are only ever added; times are microseconds since 1970
// in UTC.
const ledgerTable = towpath.LedgerTable

const createLedger = `CREATE TABLE IF NOT EXISTS main.towpath_ledger (
  version TEXT NOT NULL,
  type TEXT NOT NULL,
  state TEXT NOT NULL,
  description TEXT NOT NULL,
  path TEXT NOT NULL,
  checksum TEXT NOT NULL,
  commit_hash TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  server_id TEXT NOT NULL,
  database_id TEXT NOT NULL,
  statements_total INTEGER NOT NULL,
  statements_done INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER,
  intent TEXT NOT NULL DEFAULT '',
  number INTEGER NOT NULL DEFAULT 0,
  seal TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (version, type)
)`

// addSeals are the columns that older ledgers do not have.
var addSeals = []string{
	"ALTER TABLE main.towpath_ledger ADD COLUMN number INTEGER NOT NULL DEFAULT 0",
	"ALTER TABLE main.towpath_ledger ADD COLUMN seal TEXT NOT NULL DEFAULT ''",
}

const (
	ledgerColumns = `version, type, state, description, path, checksum, commit_hash, epoch, server_id, database_id,
  statements_total, statements_done, started_at, finished_at, intent`
	selectLedger = `SELECT ` + ledgerColumns + `, number, seal FROM main.towpath_ledger`
	selectBare   = `SELECT ` + ledgerColumns + `, 0, '' FROM main.towpath_ledger`
)

// upsertLedger leaves the row alone, and so changes no row, when it has a newer epoch, or is
// another head than the one that was read.
const upsertLedger = `INSERT INTO main.towpath_ledger (version, type, state, description, path, checksum, commit_hash, epoch,
  server_id, database_id, statements_total, statements_done, started_at, finished_at, intent, number, seal)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (version, type) DO UPDATE SET
  state = excluded.state, description = excluded.description, path = excluded.path, checksum = excluded.checksum,
  commit_hash = excluded.commit_hash, epoch = excluded.epoch, server_id = excluded.server_id,
  database_id = excluded.database_id, statements_total = excluded.statements_total,
  statements_done = excluded.statements_done, started_at = excluded.started_at, finished_at = excluded.finished_at,
  intent = excluded.intent, number = excluded.number, seal = excluded.seal
WHERE excluded.epoch >= towpath_ledger.epoch AND (excluded.type <> 'head' OR excluded.statements_done = towpath_ledger.number)`

// Ledger implements engine.DB.
func (d *database) Ledger(ctx context.Context) (l towpath.Ledger, err error) {
	var entries []towpath.LedgerEntry
	err = d.read(ctx, func(c *connection) error {
		have, err := c.facts(ctx)
		if err != nil || len(have) == 0 {
			return err
		}
		query := selectBare
		if hasSeals(have) {
			query = selectLedger
		}
		if l.Shape = shape(have); len(l.Shape) > 0 {
			if !grown(have) {
				return nil
			}
			query += " WHERE type = 'head'"
		}
		rows, err := c.QueryContext(ctx, query+" ORDER BY started_at, version, type")
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			entry, err := scanEntry(rows.Scan)
			if err != nil {
				return err
			}
			entries = append(entries, entry)
		}
		return rows.Err()
	})
	l.Sort(entries)
	if err == nil {
		err = engine.KnownFormat(l)
	}
	if err != nil {
		return l, fmt.Errorf("read the ledger: %w", err)
	}
	return l, nil
}

// makeLedger creates the table if it is missing. A transaction that is undone ends the connection,
// and hasLedger with it.
func (c *connection) makeLedger(ctx context.Context) error {
	if c.hasLedger {
		return nil
	}
	texts := []string{createLedger}
	var seals int
	err := c.asOwner(func() error {
		return c.QueryRowContext(ctx, "SELECT count(*) FROM pragma_table_xinfo('"+ledgerTable+
			"') HAVING count(*) > 0 AND sum(name IN ('number', 'seal')) = 0").Scan(&seals)
	})
	switch {
	case err == nil:
		texts = addSeals
	case !errors.Is(err, sql.ErrNoRows):
		return err
	}
	for _, text := range texts {
		if _, err := c.exec(ctx, text); err != nil {
			return err
		}
	}
	c.hasLedger = true
	return nil
}

func (c *connection) entry(
	ctx context.Context, id towpath.MigrationID,
) (entry towpath.LedgerEntry, found bool, err error) {
	if err := c.makeLedger(ctx); err != nil {
		return entry, false, err
	}
	err = c.asOwner(func() error {
		row := c.QueryRowContext(ctx, selectLedger+" WHERE version = ? AND type = ?", id.Version,
			string(id.Type))
		entry, err = scanEntry(row.Scan)
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return towpath.LedgerEntry{}, false, nil
	}
	return entry, err == nil, err
}

func (c *connection) record(ctx context.Context, entries []towpath.LedgerEntry) error {
	if err := c.makeLedger(ctx); err != nil {
		return err
	}
	for _, e := range entries {
		var finished *int64
		if e.FinishedAt != nil {
			micros := e.FinishedAt.UnixMicro()
			finished = &micros
		}
		changed, err := c.exec(ctx, upsertLedger, e.Version, string(e.Type), string(e.State), e.Description,
			e.Path, e.Checksum,
			e.Commit, e.Epoch, e.ServerID, e.DatabaseID, e.StatementsTotal, e.StatementsDone,
			e.StartedAt.UnixMicro(), finished, e.Intent, e.Number, e.Seal)
		if err != nil {
			return err
		}
		if changed == 0 {
			return &engine.Error{
				Kind:    engine.Fenced,
				Message: fmt.Sprintf("version %s was taken over by a newer run", e.Version),
			}
		}
	}
	return c.asWritten(ctx, entries)
}

// asWritten checks the head and the row before it again.
func (c *connection) asWritten(ctx context.Context, entries []towpath.LedgerEntry) error {
	n := len(entries) - 1
	if n < 1 || entries[n].Type != towpath.TypeHead {
		return nil
	}
	var same int
	err := c.asOwner(func() error {
		return c.QueryRowContext(ctx,
			"SELECT count(*) FROM main.towpath_ledger "+
				"WHERE (version, type, seal) IN (VALUES (?, ?, ?), (?, ?, ?))",
			"", string(towpath.TypeHead), entries[n].Seal, entries[n-1].Version, string(entries[n-1].Type),
			entries[n-1].Seal).Scan(&same)
	})
	if err == nil && same != 2 {
		err = &engine.Error{Kind: engine.Refused, Message: "the table " + ledgerTable +
			" does not keep what the server writes: is there a trigger?"}
	}
	return err
}

func scanEntry(scan func(...any) error) (e towpath.LedgerEntry, err error) {
	var started int64
	var finished *int64
	err = scan(&e.Version, &e.Type, &e.State, &e.Description, &e.Path, &e.Checksum, &e.Commit, &e.Epoch,
		&e.ServerID,
		&e.DatabaseID, &e.StatementsTotal, &e.StatementsDone, &started, &finished, &e.Intent, &e.Number,
		&e.Seal)
	e.StartedAt = time.UnixMicro(started).UTC()
	if finished != nil {
		at := time.UnixMicro(*finished).UTC()
		e.FinishedAt = &at
	}
	return e, err
}
