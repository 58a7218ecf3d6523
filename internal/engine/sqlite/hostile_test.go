package sqlite_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
	"towpath/internal/statement"
)

// forced are statements that the splitter refuses or cannot see through; the guard must stop each.
var forced = []string{
	"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "RELEASE a", "END",
	"ATTACH 'stolen.db' AS x", "ATTACH ':memory:' AS x", "ATTACH '' AS x", "DETACH main",
	"VACUUM", "VACUUM INTO 'stolen.db'",
	"PRAGMA writable_schema = 1", "PRAGMA journal_mode = OFF", "PRAGMA busy_timeout = 1",
	"PRAGMA temp_store_directory = '/tmp'", "PRAGMA trusted_schema = 1",
	"PRAGMA ignore_check_constraints = 1", "PRAGMA hard_heap_limit = 1", "PRAGMA page_size = 512",
	"EXPLAIN PRAGMA writable_schema = 1", "SELECT load_extension('x.so')",
	"CREATE TABLE loot AS SELECT load_extension('x.so')", "SELECT * FROM pragma_database_list",
	"CREATE TABLE loot AS SELECT file FROM pragma_database_list", "SELECT * FROM towpath_ledger",
	"DELETE FROM main.towpath_ledger", "UPDATE towpath_ledger SET epoch = 99",
	"INSERT INTO towpath_ledger DEFAULT VALUES", "DROP TABLE towpath_ledger",
	"ALTER TABLE towpath_ledger ADD COLUMN x", "ALTER TABLE towpath_ledger RENAME TO gone",
	"ALTER TABLE 'a' RENAME TO 'towpath_ledger'", "CREATE TEMP TABLE towpath_ledger (version)",
	"CREATE TEMP VIEW TOWPATH_LEDGER AS SELECT 1", "CREATE TRIGGER evil AFTER INSERT ON towpath_ledger " +
		"BEGIN DELETE FROM a; END", "CREATE TEMP TRIGGER evil AFTER INSERT ON main.towpath_ledger BEGIN " +
		"DELETE FROM a; END", "CREATE INDEX evil ON towpath_ledger (epoch)",
	"INSERT INTO sqlite_schema VALUES ('table', 'x', 'x', 2, 'CREATE TABLE x (a)')",
	"DELETE FROM sqlite_schema", "UPDATE sqlite_dbpage SET data = zeroblob(4096) WHERE pgno = 1",
	"CREATE VIRTUAL TABLE d USING dbstat", "CREATE VIRTUAL TABLE c USING csv(filename='/etc/passwd')",
	"SELECT readfile('/etc/passwd')", "SELECT writefile('x', 'y')", "SELECT edit('x')",
	"SELECT 1; COMMIT; ATTACH 'stolen.db' AS x",
}

func TestGuard_stopsWhatPassedTheSplitter(t *testing.T) {
	t.Parallel()
	for _, text := range forced {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			e := sqlite.New(sqlite.Config{Root: root})
			target := engine.Target{Address: ".", Database: "shop"}
			if err := e.Create(t.Context(), target); err != nil {
				t.Fatal(err)
			}
			before := prepare(t, e, target)
			s := begin(t, e, target)
			_, err := s.Exec(t.Context(), statement.Statement{Text: text})
			var refused *engine.Error
			if !errors.As(err, &refused) || refused.Kind != engine.Refused && refused.Kind != engine.Failed {
				t.Fatalf("error is %v", err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if after := state(t, e, target); after != before {
				t.Errorf("the database changed: %s", after)
			}
			files, err := filepath.Glob(filepath.Join(root, "*"))
			if err != nil || len(files) != 1 {
				t.Errorf("files beside the database: %q, %v", files, err)
			}
		})
	}
}

// prepare creates a table and a ledger row, and returns the database's state.
func prepare(t *testing.T, e engine.Engine, target engine.Target) string {
	t.Helper()
	s := begin(t, e, target)
	if _, err := s.Exec(t.Context(),
		statement.Statement{Text: "CREATE TABLE a (id INTEGER PRIMARY KEY)"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), ledgerEntry("1")); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return state(t, e, target)
}

func state(t *testing.T, e engine.Engine, target engine.Target) string {
	t.Helper()
	db, err := e.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := db.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ledger, err := db.Ledger(t.Context())
	if err != nil || len(ledger.Entries) != 1 {
		t.Fatalf("ledger is %v, %v", ledger, err)
	}
	return schema.Dump + ledger.Entries[0].Version
}

func begin(t testing.TB, e engine.Engine, target engine.Target) engine.Session {
	t.Helper()
	db, err := e.Open(context.Background(), target)
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.Begin(context.Background(), engine.SessionOptions{
		LockTimeout:      time.Second,
		StatementTimeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestFolders(t *testing.T) {
	t.Parallel()
	root, outside := t.TempDir(), t.TempDir()
	data := filepath.Join(root, "data")
	for _, dir := range []string{data, filepath.Join(root, "ok")} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{
		filepath.Join(outside, "shop.db"), filepath.Join(data, "shop.db"),
		filepath.Join(root, "ok", "shop.db"),
	} {
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"out": outside, "in": data, "fine": filepath.Join(root, "ok"),
		"out.db": filepath.Join(outside, "shop.db"), "in.db": filepath.Join(data, "shop.db"),
		"fine.db": filepath.Join(root, "ok", "shop.db"),
	} {
		if err := os.Symlink(to, filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	e := sqlite.New(sqlite.Config{Root: root, Forbidden: []string{data}})
	for _, c := range []struct {
		name, address, database, want string
	}{
		{"a folder below the root", "ok", "shop", ""},
		{"a link to a folder below the root", "fine", "shop", ""},
		{"a link to a file below the root", ".", "fine", ""},
		{"two dots", "../" + filepath.Base(outside), "shop", "\"..\""},
		{"two dots inside", "ok/../ok", "shop", "\"..\""},
		{"an absolute folder", outside, "shop", "relative"},
		{"a link out of the root", "out", "shop", "is outside"},
		{"a linked file out of the root", ".", "out", "is outside"},
		{"the data directory", "data", "shop", "the server itself"},
		{"a link into the data directory", "in", "shop", "the server itself"},
		{"a linked file in the data directory", ".", "in", "the server itself"},
		{"a path as a name", ".", "ok/shop", "not the name"},
		{"dots as a name", ".", "..", "not the name"},
		{"a hidden name", ".", ".shop", "not the name"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db, err := e.Open(t.Context(), engine.Target{Address: c.address, Database: c.database})
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				if _, err := db.Schema(t.Context()); err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q", err, c.want)
			}
		})
	}
}
