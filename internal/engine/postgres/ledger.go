package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"towpath"
	"towpath/internal/engine"
)

// ledgerTable is the ledger's name in its schema. Columns are only ever added.
const ledgerTable = towpath.LedgerTable

// ledgerColumns are in the order of scanEntry and arguments.
const ledgerColumns = `version, type, state, description, path, checksum, commit_hash, epoch, server_id,
	database_id,
  statements_total, statements_done, started_at, finished_at, intent, number, seal`

const ledgerDefinition = ` (
  version text NOT NULL,
  type text NOT NULL,
  state text NOT NULL,
  description text NOT NULL,
  path text NOT NULL,
  checksum text NOT NULL,
  commit_hash text NOT NULL,
  epoch bigint NOT NULL,
  server_id text NOT NULL,
  database_id text NOT NULL,
  statements_total integer NOT NULL,
  statements_done integer NOT NULL,
  started_at timestamp with time zone NOT NULL,
  finished_at timestamp with time zone,
  intent text NOT NULL DEFAULT '',
  number bigint NOT NULL DEFAULT 0,
  seal text NOT NULL DEFAULT '',
  PRIMARY KEY (version, type)
)`

// addSeals are the columns that older ledgers do not have.
const addSeals = ` ADD COLUMN number bigint NOT NULL DEFAULT 0, ADD COLUMN seal text NOT NULL DEFAULT ''`

// upsertValues divides by zero when the existing row has a newer epoch, or is another head than the
// one that was read, so that nothing sent after it happens.
const upsertValues = ` AS l (` + ledgerColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11,
	$12, $13, $14, $15, $16, $17)
ON CONFLICT (version, type) DO UPDATE SET
  state = excluded.state, description = excluded.description, path = excluded.path,
  checksum = excluded.checksum, commit_hash = excluded.commit_hash,
  epoch = excluded.epoch OPERATOR(pg_catalog./) CASE WHEN excluded.epoch OPERATOR(pg_catalog.>=) l.epoch
    AND (excluded.type OPERATOR(pg_catalog.<>) 'head'
    OR excluded.statements_done OPERATOR(pg_catalog.=) l.number) THEN 1 ELSE 0 END,
  server_id = excluded.server_id, database_id = excluded.database_id,
  statements_total = excluded.statements_total,
  statements_done = excluded.statements_done, started_at = excluded.started_at,
  finished_at = excluded.finished_at, intent = excluded.intent,
  number = excluded.number, seal = excluded.seal`

// Ledger implements engine.DB.
func (d *database) Ledger(ctx context.Context) (l towpath.Ledger, err error) {
	err = d.inSnapshot(ctx, func(tx pgx.Tx) error {
		at := d.place
		if err := at.look(ctx, tx); err != nil || at.ledger() == "" {
			return err
		}
		if message, fix := at.twice(); message != "" {
			return &engine.Error{Kind: engine.Refused, Message: message + " " + fix}
		}
		have, err := facts(ctx, tx, at)
		if err != nil {
			return err
		}
		where := ""
		if l.Shape = shape(have, at.sealed); len(l.Shape) > 0 {
			if !engine.Grown(wantedOf(at.sealed), have) {
				return nil
			}
			where = " WHERE type = 'head'"
		}
		columns := ledgerColumns
		if !at.sealed {
			columns = strings.TrimSuffix(columns, ", number, seal") + ", 0::bigint, ''"
		}
		rows, err := tx.Query(ctx, "SELECT "+columns+" FROM "+at.ledger()+where+
			" ORDER BY started_at, version, type")
		if err != nil {
			return err
		}
		entries, err := pgx.CollectRows(rows,
			func(row pgx.CollectableRow) (towpath.LedgerEntry, error) { return scanEntry(row) })
		l.Sort(entries)
		return err
	})
	if err == nil {
		err = engine.KnownFormat(l)
	}
	if err != nil {
		return l, fmt.Errorf("read the ledger: %w", err)
	}
	return l, nil
}

// makeLedger creates the ledger's schema and table if they are missing. It does so before a
// session's transaction: within it, no other session would see the table, and a takeover could not
// write there.
func (d *database) makeLedger(ctx context.Context, conn *connection) error {
	d.mu.Lock()
	made := d.ledgerMade
	d.mu.Unlock()
	if made {
		return nil
	}
	at := d.place
	if err := at.find(ctx, conn); err != nil {
		return err
	}
	if err := at.refused(); err != nil {
		return err
	}
	if !at.there || !at.sealed {
		if err := d.createLedger(ctx, conn); err != nil {
			return err
		}
	}
	d.mu.Lock()
	d.ledgerMade = true
	d.mu.Unlock()
	return nil
}

// createLedger creates the ledger, or moves it from its former schema.
func (d *database) createLedger(ctx context.Context, conn *connection) error {
	ctx, cancel := context.WithTimeout(ctx, readTimeout)
	defer cancel()
	at := d.place
	var left []string
	err := pgx.BeginTxFunc(ctx, conn, pgx.TxOptions{AccessMode: pgx.ReadWrite}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SET LOCAL search_path = ''"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx,
			"SELECT pg_advisory_xact_lock(hashtextextended('towpath ledger', 0))"); err != nil {
			return err
		}
		if err := at.look(ctx, tx); err != nil || (at.there && at.sealed) {
			return err
		}
		// IF NOT EXISTS needs the right to create schemas even if the schema exists.
		if !at.made {
			if _, err := tx.Exec(ctx, "CREATE SCHEMA "+
				pgx.Identifier{d.place.schema}.Sanitize()); err != nil {
				return err
			}
		}
		if !at.there && !at.behind {
			_, err := tx.Exec(ctx, "CREATE TABLE "+d.ledger+ledgerDefinition)
			return err
		}
		if at.behind {
			var err error
			if left, err = at.move(ctx, tx); err != nil {
				return err
			}
		}
		if at.sealed {
			return nil
		}
		_, err := tx.Exec(ctx, "ALTER TABLE "+d.ledger+addSeals)
		return err
	})
	var denied *pgconn.PgError
	if errors.As(err, &denied) && denied.Code == "42501" {
		return &engine.Error{Kind: engine.Refused, Message: "The ledger cannot be made in the schema " +
			at.schema + ": " + words(denied) +
			". Test the connection: it names the statement that helps.", Err: err}
	}
	if err == nil && at.behind && !at.there {
		d.engine.logger().InfoContext(ctx, "the ledger was moved", "database", d.target.Database,
			"from", at.former, "to", at.schema,
			"left in "+at.former, left)
	}
	return err
}

func (d *database) upsertText() string { return "INSERT INTO " + d.ledger + upsertValues }

func (d *database) entryText() string {
	return "SELECT " + ledgerColumns + " FROM " + d.ledger + " WHERE version = $1 AND type = $2"
}

// absentText divides by zero when there is a row.
func (d *database) absentText() string {
	return "SELECT 1 OPERATOR(pg_catalog./) CASE WHEN EXISTS (SELECT FROM " + d.ledger +
		" WHERE version OPERATOR(pg_catalog.=) $1 AND type OPERATOR(pg_catalog.=) $2) THEN 0 ELSE 1 END"
}

// ExpectNone implements engine.Expecter.
func (s *session) ExpectNone(id towpath.MigrationID) {
	s.queued = append(s.queued, call{
		text: s.db.absentText(), args: []any{id.Version, string(id.Type)},
		absent: fmt.Sprintf("the ledger has a row of version %s since it was read", id.Version),
	})
}

// upserts write rows of the ledger.
func (s *session) upserts(entries []towpath.LedgerEntry) []call {
	calls := make([]call, len(entries))
	for i, e := range entries {
		calls[i] = call{
			text: s.db.upsertText(),
			args: []any{
				e.Version, string(e.Type), string(e.State), e.Description, e.Path, e.Checksum, e.Commit,
				e.Epoch, e.ServerID, e.DatabaseID, e.StatementsTotal, e.StatementsDone, e.StartedAt,
				e.FinishedAt, e.Intent, e.Number, e.Seal,
			},
			fenced: fmt.Sprintf("version %s was taken over by a newer run", e.Version),
		}
	}
	return calls
}

func scanEntry(row pgx.Row) (e towpath.LedgerEntry, err error) {
	var kind, state string
	err = row.Scan(&e.Version, &kind, &state, &e.Description, &e.Path, &e.Checksum, &e.Commit, &e.Epoch,
		&e.ServerID,
		&e.DatabaseID, &e.StatementsTotal, &e.StatementsDone, &e.StartedAt, &e.FinishedAt, &e.Intent,
		&e.Number, &e.Seal)
	e.Type, e.State, e.StartedAt = towpath.ChangeType(kind), towpath.LedgerState(state), e.StartedAt.UTC()
	if e.FinishedAt != nil {
		at := e.FinishedAt.UTC()
		e.FinishedAt = &at
	}
	return e, err
}
