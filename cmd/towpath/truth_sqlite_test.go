package main

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"towpath/internal/engine"
	"towpath/internal/sqlreview"
)

// sqliteClaims are the rules that say that SQLite refuses a statement.
var sqliteClaims = map[effect][]string{failing: {"DD03", "DD05", "RU01"}}

// sqliteWitness sees errors. SQLite changes no table while others write.
type sqliteWitness struct {
	conn *sql.Conn
	ctx  context.Context
}

func openSQLiteWitness(root string) func(*testing.T, engine.Target, string) witness {
	return func(t *testing.T, target engine.Target, setup string) witness {
		t.Helper()
		pool, err := sql.Open("sqlite", filepath.Join(root, target.Database+".db"))
		if err != nil {
			t.Fatal(err)
		}
		w := &sqliteWitness{ctx: t.Context()}
		if w.conn, err = pool.Conn(w.ctx); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = errors.Join(w.conn.Close(), pool.Close()) })
		if _, err := w.conn.ExecContext(w.ctx, setup); err != nil {
			t.Fatalf("set up: %v", err)
		}
		w.fill(t)
		return w
	}
}

// fill puts a row into each table that takes one: SQLite looks for rows before it refuses.
func (w *sqliteWitness) fill(t *testing.T) {
	t.Helper()
	rows, err := w.conn.QueryContext(w.ctx, `SELECT 'INSERT OR IGNORE INTO "' || m.name || '" ("' || group_concat(x.name, '", "') || '") VALUES (1'
		|| replace(hex(zeroblob(count(*) - 1)), '00', ', 1') || ')' FROM sqlite_schema m JOIN pragma_table_info(m.name) x WHERE m.type = 'table' GROUP BY m.name`)
	if err != nil {
		t.Fatal(err)
	}
	var inserts []string
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		inserts = append(inserts, text)
	}
	_ = rows.Close()
	for _, text := range inserts {
		if _, err := w.conn.ExecContext(w.ctx, text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
}

// run knows nothing of a statement that fails for a row.
func (w *sqliteWitness) run(st *sqlreview.Text, _ []string) (map[effect]bool, bool) {
	_, err := w.conn.ExecContext(w.ctx, st.Text)
	var e *driver.Error
	aboutRow := errors.As(err, &e) && e.Code()&0xff == lib.SQLITE_CONSTRAINT
	return map[effect]bool{failing: err != nil}, st.Refuse == "" && !aboutRow
}
