package sqlite_test

import (
	"database/sql"
	"testing"
)

// raw changes a file in ways that the engine never does.
func raw(t *testing.T, path string, statements ...string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range statements {
		if _, err := db.ExecContext(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func addColumn(t *testing.T, path string) {
	t.Helper()
	raw(t, path, "ALTER TABLE towpath_ledger ADD COLUMN note TEXT")
}

func makeWAL(t *testing.T, path string) {
	t.Helper()
	raw(t, path, "PRAGMA journal_mode = WAL", "CREATE TABLE a (id)")
}
