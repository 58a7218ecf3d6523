package mysql

import (
	"context"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

var _ engine.Lasting = (*database)(nil)

// lastingTables are the tables whose engine does not undo a transaction that is rolled back.
const lastingTables = `SELECT t.table_name FROM information_schema.tables t
	LEFT JOIN information_schema.engines e ON e.engine = t.engine
	WHERE t.table_schema = DATABASE() AND t.table_type = 'BASE TABLE'
		AND COALESCE(e.transactions, 'NO') <> 'YES' ORDER BY t.table_name`

// bodies are texts that a statement may run without naming the tables that they write to. One that
// the user may not read may contain anything.
const bodies = `SELECT COALESCE(routine_definition, '` + anything + `') FROM information_schema.routines
	WHERE routine_schema = DATABASE()
	UNION ALL SELECT COALESCE(action_statement, '` + anything + `') FROM information_schema.triggers
		WHERE trigger_schema = DATABASE()
	UNION ALL SELECT COALESCE(NULLIF(view_definition, ''), '` + anything + `') FROM information_schema.views
		WHERE table_schema = DATABASE()`

// anything replaces a body that may name every table.
const anything = "execute"

// LastingWrites implements engine.Lasting.
func (d *database) LastingWrites(ctx context.Context) (mayWrite func(statement.Statement) string, err error) {
	var tables, hidden []string
	err = d.read(ctx, func(ctx context.Context, c *connection) error {
		if tables, err = column(ctx, c.Conn, lastingTables); err != nil || len(tables) == 0 {
			return err
		}
		texts, err := column(ctx, c.Conn, bodies)
		for _, table := range tables {
			for _, text := range texts {
				if dialect.Mentions(text, table) || dialect.Mentions(text, anything) {
					hidden = append(hidden, table)
					break
				}
			}
		}
		return err
	})
	if err != nil || len(tables) == 0 {
		return nil, err
	}
	return func(s statement.Statement) string {
		for _, table := range tables {
			if dialect.Mentions(s.Text, table) {
				return table
			}
		}
		switch {
		case s.Verb == "SET":
			return ""
		case dialect.Mentions(s.Verb, anything):
			return tables[0]
		case len(hidden) > 0:
			return hidden[0]
		}
		return ""
	}, nil
}
