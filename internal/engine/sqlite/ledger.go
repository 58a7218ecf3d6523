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

// ledgerTable is the ledger's name. Its columns are only ever added to; times are microseconds since 1970 in UTC.
const ledgerTable = "towpath_ledger"

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
  PRIMARY KEY (version, type)
)`

const selectLedger = `SELECT version, type, state, description, path, checksum, commit_hash, epoch, server_id, database_id,
  statements_total, statements_done, started_at, finished_at, intent FROM main.towpath_ledger`

// upsertLedger leaves the row alone, and so changes no row, when it has a newer epoch.
const upsertLedger = `INSERT INTO main.towpath_ledger (version, type, state, description, path, checksum, commit_hash, epoch,
  server_id, database_id, statements_total, statements_done, started_at, finished_at, intent)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (version, type) DO UPDATE SET
  state = excluded.state, description = excluded.description, path = excluded.path, checksum = excluded.checksum,
  commit_hash = excluded.commit_hash, epoch = excluded.epoch, server_id = excluded.server_id,
  database_id = excluded.database_id, statements_total = excluded.statements_total,
  statements_done = excluded.statements_done, started_at = excluded.started_at, finished_at = excluded.finished_at,
  intent = excluded.intent
WHERE excluded.epoch >= towpath_ledger.epoch`

// Ledger implements engine.DB.
func (d *database) Ledger(ctx context.Context) (entries []towpath.LedgerEntry, err error) {
	err = d.read(ctx, func(c *connection) error {
		if there, err := c.ledgerThere(ctx); err != nil || !there {
			return err
		}
		rows, err := c.QueryContext(ctx, selectLedger+" WHERE type <> 'lease' ORDER BY started_at, version, type")
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
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	return entries, nil
}

func (c *connection) ledgerThere(ctx context.Context) (bool, error) {
	var n int
	err := c.QueryRowContext(ctx, "SELECT count(*) FROM main.sqlite_schema WHERE type = 'table' AND name = ?", ledgerTable).Scan(&n)
	return n > 0, err
}

// makeLedger makes the table where it is missing. A transaction that is undone ends the connection, and hasLedger with it.
func (c *connection) makeLedger(ctx context.Context) error {
	if c.hasLedger {
		return nil
	}
	_, err := c.exec(ctx, createLedger)
	c.hasLedger = err == nil
	return err
}

func (c *connection) entry(ctx context.Context, id towpath.MigrationID) (entry towpath.LedgerEntry, found bool, err error) {
	if err := c.makeLedger(ctx); err != nil {
		return entry, false, err
	}
	err = c.asOwner(func() error {
		row := c.QueryRowContext(ctx, selectLedger+" WHERE version = ? AND type = ?", id.Version, string(id.Type))
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
		changed, err := c.exec(ctx, upsertLedger, e.Version, string(e.Type), string(e.State), e.Description, e.Path, e.Checksum,
			e.Commit, e.Epoch, e.ServerID, e.DatabaseID, e.StatementsTotal, e.StatementsDone, e.StartedAt.UnixMicro(), finished, e.Intent)
		if err != nil {
			return err
		}
		if changed == 0 {
			return &engine.Error{Kind: engine.Fenced, Message: fmt.Sprintf("version %s was taken over by a newer run", e.Version)}
		}
	}
	return nil
}

func scanEntry(scan func(...any) error) (e towpath.LedgerEntry, err error) {
	var started int64
	var finished *int64
	err = scan(&e.Version, &e.Type, &e.State, &e.Description, &e.Path, &e.Checksum, &e.Commit, &e.Epoch, &e.ServerID,
		&e.DatabaseID, &e.StatementsTotal, &e.StatementsDone, &started, &finished, &e.Intent)
	e.StartedAt = time.UnixMicro(started).UTC()
	if finished != nil {
		at := time.UnixMicro(*finished).UTC()
		e.FinishedAt = &at
	}
	return e, err
}
