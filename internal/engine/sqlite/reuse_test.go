package sqlite_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
	"towpath/internal/statement"
)

// follow runs scripts as sessions of one database that follow each other, and returns the last
// one's error.
func follow(t *testing.T, db engine.DB, scripts ...string) (err error) {
	t.Helper()
	for _, script := range scripts {
		s, begin := db.Begin(t.Context(), engine.SessionOptions{
			LockTimeout:      time.Second,
			StatementTimeout: time.Minute,
		})
		if begin != nil {
			t.Fatal(begin)
		}
		err = nil
		for st, refused := range sqlite.New(sqlite.Config{}).Split(strings.NewReader(script)) {
			if refused != nil {
				t.Fatal(refused)
			}
			if _, failure := s.Exec(t.Context(), st); failure != nil {
				err = errors.Join(err, failure)
			}
		}
		if err == nil {
			err = s.Commit(t.Context())
		}
		if closing := s.Close(); closing != nil {
			t.Fatal(closing)
		}
	}
	return err
}

func reusable(t *testing.T) (db engine.DB, file string) {
	t.Helper()
	root := t.TempDir()
	file = filepath.Join(root, "shop.db")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	db, err := sqlite.New(sqlite.Config{Root: root}).Open(t.Context(),
		engine.Target{Address: ".", Database: "shop"})
	if err != nil {
		t.Fatal(err)
	}
	return db, file
}

func TestReuse_nothingReachesTheNextSession(t *testing.T) {
	t.Parallel()
	for name, scripts := range map[string][2]string{
		"a temporary table": {"CREATE TEMP TABLE a (x)", "CREATE TABLE b AS SELECT * FROM a"},
		"a temporary view": {
			"CREATE TABLE c (x); CREATE TEMP VIEW a AS SELECT * FROM c",
			"CREATE TABLE b AS SELECT * FROM a",
		},
		"a temporary trigger": {"CREATE TABLE c (x); CREATE TEMP TRIGGER a AFTER INSERT ON c BEGIN SELECT " +
			"raise(ABORT, 'still here'); END", ""},
		"a setting": {"CREATE TABLE c (x PRIMARY KEY); CREATE TABLE d (x REFERENCES c); PRAGMA " +
			"foreign_keys = 1", ""},
		"an error": {"CREATE TABLE c (x); SELECT * FROM nothing", "SELECT * FROM c"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, file := reusable(t)
			if err := follow(t, db, scripts[0]); (err != nil) != (name == "an error") {
				t.Fatal(err)
			}
			switch name {
			case "a temporary trigger":
				if err := follow(t, db, "INSERT INTO c VALUES (1)"); err != nil {
					t.Error(err)
				}
			case "a setting": // with foreign keys on, the statement itself would fail
				if err := follow(t, db, "INSERT INTO d VALUES (1); DELETE FROM d"); err != nil {
					t.Error(err)
				}
			default:
				if err := follow(t, db, scripts[1]); err == nil {
					t.Error("the next session found it")
				}
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if beside, err := filepath.Glob(file + "-*"); err != nil || len(beside) > 0 {
				t.Errorf("files beside the database: %v, %v", beside, err)
			}
		})
	}
}

func TestReuse_theJournalModeStays(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"delete", "wal"} {
		db, file := reusable(t)
		plain, err := sql.Open("sqlite", file)
		if err != nil {
			t.Fatal(err)
		}
		var got string
		if err := plain.QueryRowContext(t.Context(), "PRAGMA journal_mode = "+mode).Scan(&got); err != nil ||
			got != mode {
			t.Fatal(got, err)
		}
		if err := errors.Join(follow(t, db, "CREATE TABLE a (x)", "CREATE TABLE b (x)"), db.Close(),
			plain.Close()); err != nil {
			t.Fatal(err)
		}
		if plain, err = sql.Open("sqlite", file); err != nil {
			t.Fatal(err)
		}
		if err := plain.QueryRowContext(t.Context(), "PRAGMA journal_mode").Scan(&got); err != nil ||
			got != mode {
			t.Errorf("the mode is %s, was %s; %v", got, mode, err)
		}
		if err := plain.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestReuse_foreignKeysAreCheckedAfterAnothersWrites(t *testing.T) {
	t.Parallel()
	db, file := reusable(t)
	defer db.Close()
	if err := follow(t, db, "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p)",
		"INSERT INTO p VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	plain, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if _, err := plain.ExecContext(t.Context(), "INSERT INTO c VALUES (5)"); err != nil {
		t.Fatal(err)
	}
	if err := follow(t, db, "INSERT INTO p VALUES (2)"); err != nil {
		t.Errorf("somebody else's violation stops the migration: %v", err)
	}
	if err := follow(t, db, "INSERT INTO c VALUES (7)"); err == nil ||
		!strings.Contains(err.Error(), "parent row") {
		t.Errorf("its own does not: %v", err)
	}
}

func TestReuse_rowsAreThoseOfTheStatement(t *testing.T) {
	t.Parallel()
	db, _ := reusable(t)
	defer db.Close()
	for _, c := range []struct {
		script string
		rows   int64
	}{
		{"CREATE TABLE a (x)", 0},
		{"INSERT INTO a VALUES (1), (2), (3)", 3},
		{"CREATE TABLE b (x)", 0},
		{"DELETE FROM a", 3},
		{"DELETE FROM a", 0},
	} {
		s, err := db.Begin(t.Context(), engine.SessionOptions{
			LockTimeout:      time.Second,
			StatementTimeout: time.Minute,
		})
		if err != nil {
			t.Fatal(err)
		}
		lease := towpath.LedgerEntry{
			MigrationID: towpath.MigrationID{Type: towpath.TypeLease},
			StartedAt:   time.Now(),
		}
		if err := s.Record(t.Context(), lease); err != nil {
			t.Fatal(err)
		}
		rows, err := s.Exec(t.Context(), statement.Statement{Text: c.script})
		if err != nil || rows != c.rows {
			t.Errorf("%s: %d rows, want %d; %v", c.script, rows, c.rows, err)
		}
		if err := errors.Join(s.Commit(t.Context()), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBegin_aLockedFileKeepsNothingOpen(t *testing.T) {
	t.Parallel()
	db, file := reusable(t)
	defer db.Close()
	plain, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	plain.SetMaxOpenConns(1)
	if _, err := plain.ExecContext(t.Context(), "BEGIN EXCLUSIVE"); err != nil {
		t.Fatal(err)
	}
	for range 5 {
		if _, err := db.Begin(t.Context(), engine.SessionOptions{LockTimeout: time.Millisecond}); err == nil {
			t.Fatal("a session began beside an exclusive lock")
		}
	}
	// A file that is closed while its process holds locks there is closed with the last of them.
	// https://www.sqlite.org/howtocorrupt.html
	if n := opened(t, file); n > 2 {
		t.Errorf("the file is open %d times after 5 tries", n)
	}
}

// opened counts how often this process has a file open.
func opened(t *testing.T, file string) (n int) {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if name, err := os.Readlink(link); err == nil && name == file { // those of other tests come and go
			n++
		}
	}
	return n
}
