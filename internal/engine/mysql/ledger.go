package mysql

import (
	"context"
	"fmt"
	"strings"
	"time"

	"towpath"
	"towpath/internal/engine"
)

// ledgerTable is the ledger's name. Columns are only ever added; times are UTC.
const ledgerTable = towpath.LedgerTable

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
  number BIGINT NOT NULL DEFAULT 0,
  seal VARCHAR(120) NOT NULL DEFAULT '',
  PRIMARY KEY (version, type)
) ENGINE=InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin`

// ledgerColumns are in the order of scanEntry and of the upserts' arguments.
const ledgerColumns = `version, type, state, description, path, checksum, commit_hash, epoch, server_id, database_id,
  statements_total, statements_done, started_at, finished_at, intent, number, seal`

// addSeals are the columns that older ledgers do not have.
const addSeals = ` ADD COLUMN number BIGINT NOT NULL DEFAULT 0, ADD COLUMN seal VARCHAR(120) NOT NULL DEFAULT ''`

// upsertRule overflows when the existing row has a newer epoch, or is another head than the one
// that was read, so that none of the rows is written. An overflow is an error under every sql_mode:
// https://dev.mysql.com/doc/refman/8.4/en/out-of-range-and-overflow.html
const upsertRule = ` ON DUPLICATE KEY UPDATE epoch = IF(VALUES(epoch) >= epoch AND (VALUES(type) <> 'head' OR VALUES(statements_done) = number),
    VALUES(epoch), 9223372036854775807 + ABS(epoch) + 1),
  state = VALUES(state), description = VALUES(description), path = VALUES(path), checksum = VALUES(checksum), commit_hash = VALUES(commit_hash),
  server_id = VALUES(server_id), database_id = VALUES(database_id), statements_total = VALUES(statements_total),
  statements_done = VALUES(statements_done), started_at = VALUES(started_at), finished_at = VALUES(finished_at), intent = VALUES(intent),
  number = VALUES(number), seal = VALUES(seal)`

// Ledger implements engine.DB.
func (d *database) Ledger(ctx context.Context) (l towpath.Ledger, err error) {
	var entries []towpath.LedgerEntry
	err = d.read(ctx, func(ctx context.Context, c *connection) error {
		l, entries = towpath.Ledger{}, nil
		have, err := facts(ctx, c.Conn)
		if err != nil || len(have) == 0 {
			return err
		}
		columns := ledgerColumns
		sealed := hasSeals(have)
		where := ""
		if l.Shape = shape(have, sealed); len(l.Shape) > 0 {
			if !engine.Grown(wantedOf(sealed), have) {
				return nil
			}
			where = " WHERE type = 'head'"
		}
		if !sealed {
			columns = strings.TrimSuffix(columns, ", number, seal") + ", 0, ''"
		}
		rows, err := c.QueryContext(ctx, "SELECT "+columns+" FROM "+d.ledger+where+
			" ORDER BY started_at, version, type")
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

// hasLedger reports whether the table exists, and whether it has seals.
func (d *database) hasLedger(ctx context.Context, c *connection) (there, sealed bool, err error) {
	var columns, seals int
	err = c.QueryRowContext(ctx,
		"SELECT COUNT(*), COUNT(IF(column_name IN ('number', 'seal'), 1, NULL)) "+
			"FROM information_schema.columns "+
			"WHERE table_schema = DATABASE() AND table_name = '"+ledgerTable+"'").Scan(&columns, &seals)
	return columns > 0, seals > 0, err
}

// makeLedger creates the table if it is missing, before a session's transaction, which CREATE TABLE
// would commit.
func (d *database) makeLedger(ctx context.Context, c *connection) error {
	d.mu.Lock()
	made := d.ledgerMade
	d.mu.Unlock()
	if made {
		return nil
	}
	there, sealed, err := d.hasLedger(ctx, c)
	switch {
	case err == nil && !there:
		_, err = c.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+d.ledger+ledgerDefinition)
	case err == nil && !sealed:
		if _, err = c.ExecContext(ctx, "ALTER TABLE "+d.ledger+addSeals); number(err) == duplicateColumn {
			err = nil // another session was quicker
		}
	}
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.ledgerMade = true
	d.mu.Unlock()
	return nil
}

func (d *database) entryCall(id towpath.MigrationID) call {
	return call{
		text: "SELECT " + ledgerColumns + " FROM " + d.ledger + " WHERE version = " + hole +
			" AND type = " + hole,
		args: []any{id.Version, string(id.Type)},
	}
}

// upserts write rows of the ledger, as many with one call as possible.
func (d *database) upserts(entries []towpath.LedgerEntry) (calls []call) {
	for _, e := range entries {
		args := []any{
			e.Version, string(e.Type), string(e.State), e.Description, e.Path, e.Checksum, e.Commit,
			e.Epoch, e.ServerID, e.DatabaseID,
			e.StatementsTotal, e.StatementsDone, moment(&e.StartedAt), moment(e.FinishedAt), e.Intent,
			e.Number, e.Seal,
		}
		row := call{
			text: "(" + strings.TrimSuffix(strings.Repeat(hole+", ", len(args)), ", ") + ")",
			args: args,
		}
		if last := len(calls) - 1; last >= 0 && calls[last].size()+row.size() < maxBatch/2 {
			calls[last].text += ", " + row.text
			calls[last].args = append(calls[last].args, args...)
			calls[last].fenced = "the ledger was taken over by a newer run"
			continue
		}
		row.text = "INSERT INTO " + d.ledger + " (" + ledgerColumns + ") VALUES " + row.text
		row.fenced = fmt.Sprintf("version %s was taken over by a newer run", e.Version)
		calls = append(calls, row)
	}
	for i := range calls {
		calls[i].text += upsertRule
	}
	if last := d.asWritten(entries); last != nil {
		calls = append(calls, *last)
	}
	return calls
}

// asWritten overflows unless the table has the head, and the row before it, with the written seals:
// then the transaction fails. It is nil if there is no head.
func (d *database) asWritten(entries []towpath.LedgerEntry) *call {
	n := len(entries) - 1
	if n < 1 || entries[n].Type != towpath.TypeHead {
		return nil
	}
	head, row := entries[n], entries[n-1]
	same := "(version = " + hole + " AND type = " + hole + " AND seal = " + hole + ")"
	return &call{
		text: "SET @towpath = 9223372036854775807 + (2 - (SELECT COUNT(*) FROM " + d.ledger + " WHERE " +
			same + " OR " + same + "))",
		args:   []any{head.Version, string(head.Type), head.Seal, row.Version, string(row.Type), row.Seal},
		fenced: "the ledger is not as it was written",
	}
}

// duplicateColumn is the server's number for a column that already exists.
const duplicateColumn = 1060

// moment writes a time as a DATETIME(6); nil for none.
func moment(at *time.Time) any {
	if at == nil {
		return nil
	}
	return at.UTC().Format("2006-01-02 15:04:05.000000")
}

func scanEntry(scan func(...any) error) (e towpath.LedgerEntry, err error) {
	err = scan(&e.Version, &e.Type, &e.State, &e.Description, &e.Path, &e.Checksum, &e.Commit, &e.Epoch,
		&e.ServerID,
		&e.DatabaseID, &e.StatementsTotal, &e.StatementsDone, &e.StartedAt, &e.FinishedAt, &e.Intent,
		&e.Number, &e.Seal)
	return e, err
}
