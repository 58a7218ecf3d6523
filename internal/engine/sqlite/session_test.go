package sqlite_test

import (
	"database/sql"
	"errors"
	"fmt"
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

func ledgerEntry(version string) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Version: version, Type: towpath.TypeDDL},
		State:       towpath.LedgerDone,
		Epoch:       1,
		StartedAt:   time.UnixMicro(1),
	}
}

func run(t *testing.T, s engine.Session, script string) error {
	t.Helper()
	e := sqlite.New(sqlite.Config{})
	for one, err := range e.Split(strings.NewReader(script)) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Exec(t.Context(), one); err != nil {
			return err
		}
	}
	return s.Commit(t.Context())
}

// keys begins a session for a script, as the executor does.
func keys(t *testing.T, e engine.Engine, target engine.Target, script string) engine.Session {
	t.Helper()
	scan, err := statement.ReadAll(e.Split(strings.NewReader(script)))
	if err != nil {
		t.Fatal(err)
	}
	db, err := e.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.Begin(t.Context(), engine.SessionOptions{
		Keys: !scan.NoKeys, LockTimeout: time.Second,
		StatementTimeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestCommit_foreignKeys(t *testing.T) {
	t.Parallel()
	const before = `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p ON DELETE CASCADE);
		INSERT INTO p VALUES (1), (2); INSERT INTO c VALUES (10, 1), (20, 2);`
	const actions = `CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY,
		a INTEGER REFERENCES p ON DELETE CASCADE, b INTEGER REFERENCES p ON DELETE SET NULL ON UPDATE CASCADE, r INTEGER REFERENCES p ON DELETE RESTRICT,
		own INTEGER REFERENCES c); INSERT INTO p VALUES (1), (2), (3); INSERT INTO c VALUES (10, 1, NULL, NULL, 10), (20, NULL, 2, NULL, NULL), (30, NULL, NULL, 3, NULL);`
	const broken = before + "INSERT INTO c VALUES (30, 99);"
	for _, c := range []struct{ name, before, script, want string }{
		{"a new violation is named", before, "INSERT INTO c VALUES (7, 5)", "table c, rowid 7"},
		{"a violation of before is nobody's fault", broken, "INSERT INTO c VALUES (40, 1)", ""},
		{"a new one beside an old one", broken, "INSERT INTO c VALUES (50, 98)", "rowid 50"},
		{"a table rebuild keeps the children", before, `PRAGMA foreign_keys=ON; CREATE TABLE p2 (id INTEGER PRIMARY KEY, name TEXT);
			INSERT INTO p2 (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE p2 RENAME TO p; UPDATE c SET p = p WHERE id IN (10, 20)`, ""},
		{"a rebuild that loses a parent", before, `CREATE TABLE p2 (id INTEGER PRIMARY KEY);
			INSERT INTO p2 SELECT id FROM p WHERE id = 1; DROP TABLE p; ALTER TABLE p2 RENAME TO p`, "rowid 20"},
		{"a cascade acts", actions, "DELETE FROM p WHERE id = 1; INSERT INTO p SELECT 9 WHERE EXISTS " +
			"(SELECT 1 FROM c WHERE id = 10); INSERT INTO c (id, a) SELECT 9, 99 FROM p WHERE id = 9", ""},
		{
			"a parent is set to null", actions,
			"DELETE FROM p WHERE id = 2; INSERT INTO c (id, a) SELECT 9, 99 FROM c WHERE b = 2", "",
		},
		{
			"a parent that changes brings its rows along", actions,
			"UPDATE p SET id = 8 WHERE id = 2; INSERT INTO c (id, a) SELECT 9, 99 WHERE NOT EXISTS (SELECT 1 FROM c WHERE b = 8)", "",
		},
		{"a restriction holds", actions, "DELETE FROM p WHERE id = 3", "FOREIGN KEY"},
		{
			"rows before those that they point to", actions,
			"INSERT INTO c (id, own, a) VALUES (7, 8, 5); INSERT INTO c (id) VALUES (8); INSERT INTO p VALUES (5)", "",
		},
		{
			"a row that points to none of its own", actions, "INSERT INTO c (id, own) VALUES (7, 70)",
			"table c, rowid 7",
		},
		{
			"no action where a file says so", actions, "PRAGMA foreign_keys = off; DELETE FROM p WHERE id = 1",
			"do not act",
		},
		{
			"no action where a table is dropped", actions,
			"PRAGMA foreign_keys = ON; CREATE TABLE x (a); DROP TABLE x; DELETE FROM p WHERE id = 1",
			"do not act",
		},
		{"the procedure of twelve steps", actions, `PRAGMA foreign_keys=OFF; BEGIN TRANSACTION; CREATE TABLE new_p (id INTEGER PRIMARY KEY, n TEXT);
			INSERT INTO new_p (id) SELECT id FROM p; DROP TABLE p; ALTER TABLE new_p RENAME TO p; PRAGMA foreign_key_check; COMMIT; PRAGMA foreign_keys=ON;`, ""},
		{"a check that cannot run any more", before, "DROP TABLE p; CREATE TABLE p (id INTEGER)", "mismatch"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e, target := fresh(t)
			if err := runUnchecked(t, e, target, c.before); err != nil {
				t.Fatal(err)
			}
			err := run(t, keys(t, e, target, c.script), c.script)
			if c.want == "" && err != nil {
				t.Fatal(err)
			}
			var failed *engine.Error
			if c.want != "" && (!errors.As(err, &failed) || failed.Kind != engine.Failed ||
				!strings.Contains(failed.Message, c.want)) {
				t.Errorf("error is %v, want %q", err, c.want)
			}
		})
	}
}

// runUnchecked runs a script without a transaction, which checks no foreign keys.
func runUnchecked(t *testing.T, e engine.Engine, target engine.Target, script string) error {
	t.Helper()
	db, err := e.Open(t.Context(), target)
	if err != nil {
		return err
	}
	s, err := db.Begin(t.Context(), engine.SessionOptions{
		NoTx: true, LockTimeout: time.Second,
		StatementTimeout: time.Minute,
	})
	if err != nil {
		return err
	}
	return errors.Join(run(t, s, script), s.Close())
}

func TestExec_automaticRollbackEndsTheSession(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"INSERT OR ROLLBACK INTO a VALUES (1)",
		"INSERT INTO strict VALUES (1)",
		"INSERT INTO raising VALUES (1)",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			e, target := fresh(t)
			if err := run(t, begin(t, e, target), `CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE strict (id INTEGER UNIQUE ON CONFLICT ROLLBACK);
				CREATE TABLE raising (id); CREATE TRIGGER r BEFORE INSERT ON raising BEGIN SELECT RAISE(ROLLBACK, 'no'); END;
				INSERT INTO a VALUES (1); INSERT INTO strict VALUES (1)`); err != nil {
				t.Fatal(err)
			}
			s := begin(t, e, target)
			if _, err := s.Exec(t.Context(),
				statement.Statement{Text: "CREATE TABLE half (id)"}); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Exec(t.Context(), statement.Statement{Text: text}); err == nil {
				t.Fatal("the statement passed")
			}
			if _, err := s.Exec(t.Context(),
				statement.Statement{Text: "CREATE TABLE stray (id)"}); err == nil {
				t.Error("a statement ran outside of the transaction")
			}
			if err := s.Record(t.Context(), ledgerEntry("1")); err == nil {
				t.Error("the ledger was written outside of the transaction")
			}
			if err := s.Commit(t.Context()); err == nil {
				t.Error("the session was committed")
			}
		})
	}
}

func TestRenameAndMaintenance_withALedger(t *testing.T) {
	t.Parallel()
	e, target := fresh(t)
	prepare(t, e, target)
	if err := run(t, begin(t, e, target), `ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME COLUMN id TO key; ANALYZE; REINDEX;
		PRAGMA optimize; PRAGMA integrity_check; PRAGMA foreign_key_check; DROP TABLE b`); err != nil {
		t.Fatal(err)
	}
}

func TestLedger_aColumnOfOthersIsTold(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	e := sqlite.New(sqlite.Config{Root: root})
	target := engine.Target{Address: ".", Database: "shop"}
	if err := e.Create(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	prepare(t, e, target)
	addColumn(t, filepath.Join(root, "shop.db"))
	db, err := e.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	if l, err := db.Ledger(t.Context()); err != nil || !strings.Contains(fmt.Sprint(l.Shape),
		"part=column note") || l.Entries != nil {
		t.Errorf("ledger is %+v, %v", l, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, content := range map[string]string{
		"text.db":  strings.Repeat("no database ", 100),
		"twice.db": "", "twice.sqlite": "",
	} {
		if err := os.WriteFile(filepath.Join(root, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "frozen.db"), nil, 0o400); err != nil {
		t.Fatal(err)
	}
	makeWAL(t, filepath.Join(root, "wal.sqlite3"))
	e := sqlite.New(sqlite.Config{Root: root})
	for _, c := range []struct {
		name, database, want string
		ok                   bool
	}{
		{"a file that is no database", "text", "not a database", false},
		{"two files of one name", "twice", "could be any of", false},
		{"a read-only file", "frozen", "read-only", false},
		{"WAL mode is a note", "wal", "WAL mode", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			report, err := e.Check(t.Context(), engine.Target{Address: ".", Database: c.database})
			if err != nil || report.OK != c.ok || len(report.Findings) != 1 ||
				!strings.Contains(report.Findings[0].Message, c.want) {
				t.Errorf("report is %+v, %v", report, err)
			}
		})
	}
}

func BenchmarkSession(b *testing.B) {
	e, target := fresh(b)
	db, err := e.Open(b.Context(), target)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := db.Begin(b.Context(), engine.SessionOptions{
			LockTimeout:      time.Second,
			StatementTimeout: time.Second,
		})
		if err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestExecRecord_aReaderInTheWayOfTheCommitIsOnlyALock(t *testing.T) {
	t.Parallel()
	db, file := reusable(t)
	defer db.Close()
	plain, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	plain.SetMaxOpenConns(1)
	if _, err := plain.ExecContext(t.Context(),
		"CREATE TABLE a (x); INSERT INTO a VALUES (1), (2)"); err != nil {
		t.Fatal(err)
	}
	s, err := db.Begin(t.Context(), engine.SessionOptions{
		NoTx: true, LockTimeout: 20 * time.Millisecond,
		StatementTimeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	reading, err := plain.QueryContext(t.Context(), "SELECT x FROM a")
	if err != nil || !reading.Next() {
		t.Fatal(err)
	}
	lease := towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Type: towpath.TypeLease},
		StartedAt:   time.Now(),
	}
	insert := statement.Statement{Text: "INSERT INTO a VALUES (3)"}
	var known *engine.Error
	if _, err := s.ExecRecord(t.Context(), insert, lease); !errors.As(err, &known) ||
		known.Kind != engine.Locked {
		t.Errorf("beside a reader: %v", err)
	}
	if err := reading.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.ExecRecord(t.Context(), insert, lease); err != nil {
		t.Errorf("another try: %v", err)
	}
}

func TestErrors_nameTheFamilyOnce(t *testing.T) {
	t.Parallel()
	e, target := fresh(t)
	err := run(t, begin(t, e, target), "CREATE TABLE a (b UNIQUE); INSERT INTO a VALUES (1), (1)")
	if err == nil || strings.Count(err.Error(), "constraint failed") != 1 {
		t.Errorf("%v", err)
	}
}
