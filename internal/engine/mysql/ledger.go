package mysql

import (
	"context"
	"fmt"
	"strings"

	"towpath"
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

// ledgerColumns are in the order of scanEntry and rowText.
const ledgerColumns = `version, type, state, description, path, checksum, commit_hash, epoch, server_id, database_id,
  statements_total, statements_done, started_at, finished_at, intent`

// upsertRule overflows when the row that stands there has a newer epoch, so that none of the rows is written. An overflow is
// an error under every sql_mode: https://dev.mysql.com/doc/refman/8.4/en/out-of-range-and-overflow.html
const upsertRule = ` ON DUPLICATE KEY UPDATE epoch = IF(VALUES(epoch) >= epoch, VALUES(epoch), 9223372036854775807 + epoch),
  state = VALUES(state), description = VALUES(description), path = VALUES(path), checksum = VALUES(checksum), commit_hash = VALUES(commit_hash),
  server_id = VALUES(server_id), database_id = VALUES(database_id), statements_total = VALUES(statements_total),
  statements_done = VALUES(statements_done), started_at = VALUES(started_at), finished_at = VALUES(finished_at), intent = VALUES(intent)`

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
	err := c.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '"+ledgerTable+"'").Scan(&n)
	return n > 0, err
}

// makeLedger makes the table where it is missing, before a session's transaction, which CREATE TABLE would commit.
func (d *database) makeLedger(ctx context.Context, c *connection) error {
	d.mu.Lock()
	made := d.ledgerMade
	d.mu.Unlock()
	if made {
		return nil
	}
	made, err := d.hasLedger(ctx, c)
	if err == nil && !made {
		_, err = c.ExecContext(ctx, "CREATE TABLE IF NOT EXISTS "+d.ledger+ledgerDefinition)
	}
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.ledgerMade = true
	d.mu.Unlock()
	return nil
}

func (d *database) entryText(id towpath.MigrationID) string {
	return "SELECT " + ledgerColumns + " FROM " + d.ledger + " WHERE version = " + literal(id.Version) + " AND type = " + literal(string(id.Type))
}

// upserts write rows of the ledger, as many with one call as fit.
func (d *database) upserts(entries []towpath.LedgerEntry) (calls []call) {
	for len(entries) > 0 {
		rows, size := []string{rowText(entries[0])}, 0
		for size = len(rows[0]); len(rows) < len(entries); {
			row := rowText(entries[len(rows)])
			if size += len(row); size > maxBatch/2 {
				break
			}
			rows = append(rows, row)
		}
		who := "version " + entries[0].Version
		if len(rows) > 1 {
			who = "the ledger"
		}
		calls = append(calls, call{
			text:   "INSERT INTO " + d.ledger + " (" + ledgerColumns + ") VALUES " + strings.Join(rows, ", ") + upsertRule,
			fenced: who + " was taken over by a newer run",
		})
		entries = entries[len(rows):]
	}
	return calls
}

func rowText(e towpath.LedgerEntry) string {
	return fmt.Sprintf("(%s, %s, %s, %s, %s, %s, %s, %d, %s, %s, %d, %d, %s, %s, %s)", literal(e.Version), literal(string(e.Type)),
		literal(string(e.State)), literal(e.Description), literal(e.Path), literal(e.Checksum), literal(e.Commit), e.Epoch, literal(e.ServerID),
		literal(e.DatabaseID), e.StatementsTotal, e.StatementsDone, literalTime(&e.StartedAt), literalTime(e.FinishedAt), literal(e.Intent))
}

func scanEntry(scan func(...any) error) (e towpath.LedgerEntry, err error) {
	err = scan(&e.Version, &e.Type, &e.State, &e.Description, &e.Path, &e.Checksum, &e.Commit, &e.Epoch, &e.ServerID,
		&e.DatabaseID, &e.StatementsTotal, &e.StatementsDone, &e.StartedAt, &e.FinishedAt, &e.Intent)
	return e, err
}
