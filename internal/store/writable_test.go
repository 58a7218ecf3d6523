package store_test

import (
	"database/sql"
	"path/filepath"
	"strings"
	"testing"

	"towpath/internal/store"
)

// wantWritable calls until a trial of its own has run.
func wantWritable(t *testing.T, s *store.Store, want bool, when string) {
	t.Helper()
	s.ForgetTrial()
	for range 2 { // the second call reuses the result of the first
		if err := s.Writable(t.Context()); (err == nil) != want {
			t.Errorf("%s: %v", when, err)
		}
	}
}

func TestWritable_failsWhenSQLiteIsFullOrLocked(t *testing.T) {
	t.Parallel()
	address := newSQLite(t)
	s := open(t, address)
	s.SetMaxPages(t, 1) // SQLite takes what the file has
	wantWritable(t, s, false, "when it is full")
	s.SetMaxPages(t, 1<<30)
	wantWritable(t, s, true, "when there is room again")

	other, err := sql.Open("sqlite", strings.TrimPrefix(address, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	other.SetMaxOpenConns(1)
	for _, c := range []struct {
		do       string
		writable bool
	}{{"BEGIN IMMEDIATE", false}, {"ROLLBACK", true}} {
		if _, err := other.ExecContext(t.Context(), c.do); err != nil {
			t.Fatal(err)
		}
		wantWritable(t, s, c.writable, "after another process's "+c.do)
	}
}

func TestWritable_failsWhenPostgreSQLIsReadOnly(t *testing.T) {
	t.Parallel()
	address := newPostgres(t)
	name := filepath.Base(strings.Split(address, "?")[0])
	s := open(t, address)
	wantWritable(t, s, true, "at first")
	for _, c := range []struct {
		value    string
		writable bool
	}{{"on", false}, {"off", true}} {
		server.Exec(t, "postgres", "ALTER DATABASE "+name+" SET default_transaction_read_only = "+c.value)
		// new sessions use it
		server.Exec(t, "postgres", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+
			name+"'")
		wantWritable(t, s, c.writable, "default_transaction_read_only = "+c.value)
	}
}
