package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"towpath"
	"towpath/internal/engine"
)

// ledgerTable is the ledger's name. Its columns are only ever added to; times are UTC.
const ledgerTable = "towpath_ledger"

const ledgerDefinition = ` (
  version VARCHAR(190) NOT NULL,
  type VARCHAR(20) NOT NULL,
  state VARCHAR(20) NOT NULL,
  description TEXT NOT NULL,
  path TEXT NOT NULL,
  checksum VARCHAR(64) NOT NULL,
  commit_hash VARCHAR(64) NOT NULL,
  epoch BIGINT NOT NULL,
  server_id VARCHAR(64) NOT NULL,
  database_id VARCHAR(64) NOT NULL,
  statements_total INT NOT NULL,
  statements_done INT NOT NULL,
  started_at DATETIME(6) NOT NULL,
  finished_at DATETIME(6) NULL,
  intent MEDIUMTEXT NOT NULL DEFAULT (''),
  PRIMARY KEY (version, type)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`

// ledgerColumns are in the order of scanEntry and of record's arguments.
const ledgerColumns = `version, type, state, description, path, checksum, commit_hash, epoch, server_id, database_id,
  statements_total, statements_done, started_at, finished_at, intent`

// upsertValues leaves the row alone when it has a newer epoch. Assignments run from left to right, so epoch is the last.
const upsertValues = ` (` + ledgerColumns + `) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON DUPLICATE KEY UPDATE
  state = IF(VALUES(epoch) >= epoch, VALUES(state), state),
  description = IF(VALUES(epoch) >= epoch, VALUES(description), description),
  path = IF(VALUES(epoch) >= epoch, VALUES(path), path),
  checksum = IF(VALUES(epoch) >= epoch, VALUES(checksum), checksum),
  commit_hash = IF(VALUES(epoch) >= epoch, VALUES(commit_hash), commit_hash),
  server_id = IF(VALUES(epoch) >= epoch, VALUES(server_id), server_id),
  database_id = IF(VALUES(epoch) >= epoch, VALUES(database_id), database_id),
  statements_total = IF(VALUES(epoch) >= epoch, VALUES(statements_total), statements_total),
  statements_done = IF(VALUES(epoch) >= epoch, VALUES(statements_done), statements_done),
  started_at = IF(VALUES(epoch) >= epoch, VALUES(started_at), started_at),
  finished_at = IF(VALUES(epoch) >= epoch, VALUES(finished_at), finished_at),
  intent = IF(VALUES(epoch) >= epoch, VALUES(intent), intent),
  epoch = GREATEST(VALUES(epoch), epoch)`

// Ledger implements engine.DB.
func (d *database) Ledger(ctx context.Context) (entries []towpath.LedgerEntry, err error) {
	err = d.read(ctx, func(ctx context.Context, c *connection) error {
		there, err := d.hasLedger(ctx, c)
		if err != nil || !there {
			return err
		}
		rows, err := c.QueryContext(ctx, "SELECT "+ledgerColumns+" FROM "+d.ledger+" WHERE type <> 'lease' ORDER BY started_at, version, type")
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

func (d *database) hasLedger(ctx context.Context, c *connection) (bool, error) {
	var n int
	err := c.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = ? AND table_name = ?",
		d.target.Database, ledgerTable).Scan(&n)
	return n > 0, err
}

// makeLedger makes the table where it is missing, on another connection: CREATE TABLE would commit what the session has done.
func (s *session) makeLedger(ctx context.Context) error {
	if s.hasLedger {
		return nil
	}
	there, err := s.db.hasLedger(ctx, s.conn)
	if err != nil {
		return err
	}
	if !there {
		c, err := s.db.engine.connect(ctx, s.db.target)
		if err != nil {
			return err
		}
		_, err = c.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+s.db.ledger+ledgerDefinition)
		if err := errors.Join(err, c.Close()); err != nil {
			return err
		}
	}
	s.hasLedger = true
	return nil
}

func (s *session) entry(ctx context.Context, id towpath.MigrationID) (towpath.LedgerEntry, bool, error) {
	if err := s.makeLedger(ctx); err != nil {
		return towpath.LedgerEntry{}, false, err
	}
	query := "SELECT " + ledgerColumns + " FROM " + s.db.ledger + " WHERE version = ? AND type = ?"
	if !s.options.NoTx {
		query += " FOR UPDATE" // as it is now, not as it was when the transaction began
	}
	row := s.conn.QueryRowContext(ctx, query, id.Version, string(id.Type))
	entry, err := scanEntry(row.Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return towpath.LedgerEntry{}, false, nil
	}
	return entry, err == nil, err
}

func (s *session) record(ctx context.Context, entries []towpath.LedgerEntry) error {
	if err := s.makeLedger(ctx); err != nil {
		return err
	}
	return s.within(ctx, func() error { return s.upsert(ctx, entries) })
}

func (s *session) upsert(ctx context.Context, entries []towpath.LedgerEntry) error {
	for _, e := range entries {
		_, err := s.conn.ExecContext(ctx, "INSERT INTO "+s.db.ledger+upsertValues, e.Version, string(e.Type), string(e.State),
			e.Description, e.Path, e.Checksum, e.Commit, e.Epoch, e.ServerID, e.DatabaseID, e.StatementsTotal, e.StatementsDone,
			e.StartedAt.UTC(), e.FinishedAt, e.Intent)
		if err != nil {
			return err
		}
		// The count of changed rows is 0 for an equal row too, so the epoch that stands there tells who won.
		var epoch int64
		if err := s.conn.QueryRowContext(ctx, "SELECT epoch FROM "+s.db.ledger+" WHERE version = ? AND type = ? FOR UPDATE",
			e.Version, string(e.Type)).Scan(&epoch); err != nil {
			return err
		}
		if epoch > e.Epoch {
			return &engine.Error{Kind: engine.Fenced, Message: fmt.Sprintf("version %s was taken over by a newer run", e.Version)}
		}
	}
	return nil
}

// within runs a few statements of ours in one transaction.
func (s *session) within(ctx context.Context, run func() error) error {
	if !s.options.NoTx || s.inside {
		return run()
	}
	if _, err := s.conn.ExecContext(ctx, "START TRANSACTION"); err != nil {
		return err
	}
	s.inside = true
	err := run()
	s.inside = false
	if err != nil {
		_, undo := s.conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, undo)
	}
	if _, err := s.conn.ExecContext(ctx, "COMMIT"); err != nil {
		return asLost(mapError(err))
	}
	return nil
}

// asLost says of an error of a COMMIT that was stopped what is true: nobody knows.
func asLost(e *engine.Error) *engine.Error {
	if e.Kind == engine.Timeout {
		e.Kind = engine.Lost
	}
	return e
}

func scanEntry(scan func(...any) error) (e towpath.LedgerEntry, err error) {
	err = scan(&e.Version, &e.Type, &e.State, &e.Description, &e.Path, &e.Checksum, &e.Commit, &e.Epoch, &e.ServerID,
		&e.DatabaseID, &e.StatementsTotal, &e.StatementsDone, &e.StartedAt, &e.FinishedAt, &e.Intent)
	return e, err
}
