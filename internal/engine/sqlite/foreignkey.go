package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"towpath/internal/engine"
)

// maxViolations bounds the list of violations in a database that is already broken.
const maxViolations = 100_000

// violation is a row whose parent is missing; a WITHOUT ROWID table has no rowid to name.
type violation struct {
	table, parent string
	rowid         sql.NullInt64
}

// violations is the result of PRAGMA foreign_key_check.
type violations struct {
	count map[violation]int
	order []violation
	// problem is why the check itself cannot run, such as a parent key without a unique index.
	problem string
}

// begin starts a session's transaction, and decides whether foreign keys act in it: they do unless
// the file disables them or drops a table, which under foreign keys deletes the rows that reference
// it. Constraints are checked at the end, so that the order of statements does not matter.
// https://www.sqlite.org/foreignkeys.html
func (c *connection) begin(ctx context.Context, o engine.SessionOptions) error {
	if err := c.act(ctx, o.Keys && !o.NoTx); err != nil || o.NoTx {
		return err
	}
	_, err := c.exec(ctx, "BEGIN IMMEDIATE")
	if err == nil && c.keys {
		_, err = c.exec(ctx, "PRAGMA defer_foreign_keys = ON") // until the transaction's end
	}
	return err
}

// act turns foreign keys on or off. It has no effect within a transaction.
func (c *connection) act(ctx context.Context, on bool) error {
	if c.keys == on {
		return nil
	}
	text := "PRAGMA foreign_keys = OFF"
	if on {
		text = "PRAGMA foreign_keys = ON"
	}
	_, err := c.exec(ctx, text)
	if err == nil {
		c.keys = on
	}
	return err
}

// violationsBefore returns the violations at the start of a transaction. The result of the last one
// is reused while no other connection has written.
// https://www.sqlite.org/pragma.html#pragma_data_version
func (c *connection) violationsBefore(ctx context.Context) (*violations, error) {
	var version int64
	err := c.asOwner(func() error {
		return c.QueryRowContext(ctx,
			"PRAGMA main.data_version").Scan(&version)
	})
	if err != nil {
		return nil, err
	}
	if c.violations != nil && c.version == version {
		return c.violations, nil
	}
	c.violations, c.version = nil, version
	return c.foreignKeyCheck(ctx)
}

// hasForeignKeys looks for the one word that every foreign key contains.
func (c *connection) hasForeignKeys(ctx context.Context) (found bool, err error) {
	err = c.asOwner(func() error {
		return c.QueryRowContext(ctx,
			"SELECT EXISTS (SELECT 1 FROM main.sqlite_schema "+
				"WHERE type = 'table' AND sql LIKE '%references%')").Scan(&found)
	})
	return found, err
}

// foreignKeyCheck runs within the transaction.
// https://www.sqlite.org/pragma.html#pragma_foreign_key_check
func (c *connection) foreignKeyCheck(ctx context.Context) (*violations, error) {
	found := &violations{count: map[violation]int{}}
	if there, err := c.hasForeignKeys(ctx); err != nil || !there {
		return found, err
	}
	err := c.asOwner(func() error {
		rows, err := c.QueryContext(ctx, `SELECT "table", rowid, parent FROM pragma_foreign_key_check`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var v violation
			if err := rows.Scan(&v.table, &v.rowid, &v.parent); err != nil {
				return err
			}
			if found.count[v]++; found.count[v] == 1 {
				found.order = append(found.order, v)
			}
			if len(found.order) > maxViolations {
				return rows.Close()
			}
		}
		return rows.Err()
	})
	if err != nil && ctx.Err() == nil && mapError(err).Kind == engine.Failed {
		found.problem = err.Error()
		return found, nil
	}
	return found, err
}

// news describes the first violation that is not in before, "" when there is none.
func (v *violations) news(before *violations) string {
	if v.problem != "" && v.problem != before.problem {
		return "the foreign keys cannot be checked any more: " + v.problem
	}
	if len(before.order) > maxViolations {
		return ""
	}
	for _, one := range v.order {
		if v.count[one] <= before.count[one] {
			continue
		}
		if one.rowid.Valid {
			return fmt.Sprintf("table %s, rowid %d: its parent row in %s is missing (FOREIGN KEY "+
				"constraint failed)", one.table, one.rowid.Int64, one.parent)
		}
		return fmt.Sprintf("table %s: a parent row in %s is missing (FOREIGN KEY constraint failed)",
			one.table, one.parent)
	}
	return ""
}
