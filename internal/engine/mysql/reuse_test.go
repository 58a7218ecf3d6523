package mysql_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/mysql"
)

// both are the ways in which statements of ours reach a server: those of MySQL and of MariaDB.
func both(t *testing.T, test func(*testing.T, engine.DB)) {
	t.Helper()
	for name, e := range map[string]*mysql.Engine{"together": mysql.New(), "one by one": mysql.OneByOne()} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := e.Open(t.Context(), server.Database(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := db.Close(); err != nil {
					t.Error(err)
				}
			})
			test(t, db)
		})
	}
}

func TestEngine_oneByOne(t *testing.T) {
	t.Parallel()
	f := fixture()
	f.Engine = mysql.OneByOne()
	enginetest.Run(t, f)
}

// migrate runs a script as a migration of its own, and returns the session's identity.
func migrate(t *testing.T, db engine.DB, noTx bool, script string) string {
	t.Helper()
	o := options
	o.NoTx = noTx
	s, err := db.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), entry("1")); err != nil {
		t.Fatal(err)
	}
	if _, found, err := s.Entry(t.Context(), entry("1").MigrationID); err != nil || !found {
		t.Fatal(found, err)
	}
	if err := run(t.Context(), s, script); err != nil {
		t.Fatalf("%s: %v", script, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.Identity()
}

func TestBegin_harmlessMigrationsShareAConnection(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db engine.DB) {
		first := migrate(t, db, true, "CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY, b INT)")
		for n := range 3 {
			if got := migrate(t, db, false,
				"INSERT INTO a (b) VALUES (1); UPDATE a SET b = 2"); got != first {
				t.Errorf("session %d has another connection", n)
			}
			if got := migrate(t, db, true, fmt.Sprintf("ALTER TABLE a ADD COLUMN c%d INT", n)); got != first {
				t.Errorf("session %d without a transaction has another connection", n)
			}
		}
	})
}

func TestBegin_nothingOfAScriptReachesTheNext(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"a user's variable":     "SET @left = 1",
		"a variable in a query": "SELECT @left := 1",
		"a session's variable":  "SET SESSION group_concat_max_len = 5",
		"a mode":                "SET SESSION sql_mode = 'NO_AUTO_VALUE_ON_ZERO'",
		"a temporary table":     "CREATE TEMPORARY TABLE late (other INT)",
		"a lock":                "SELECT GET_LOCK(DATABASE(), 0)",
		"the last key":          "INSERT INTO keyed VALUES (NULL)",
		"a procedure":           "CALL sly()",
		"a trigger":             "INSERT INTO fired VALUES (1)",
		"a trigger, made late":  "INSERT INTO late VALUES (1)",
		"a function":            "INSERT INTO keyed VALUES (leaving())",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			both(t, func(t *testing.T, db engine.DB) {
				migrate(t, db, true, `CREATE TABLE keyed (id INT AUTO_INCREMENT PRIMARY KEY); CREATE TABLE fired (id INT); CREATE TABLE late (id INT);
					CREATE TABLE seen (what VARCHAR(99), CHECK (what = ''));
					CREATE PROCEDURE sly() BEGIN SET @left = 1, SESSION group_concat_max_len = 5, autocommit = 0; END`)
				if name == "a trigger" || name == "a function" {
					migrate(t, db, true, `CREATE TRIGGER f BEFORE INSERT ON fired FOR EACH ROW SET @left = 1;
						CREATE FUNCTION leaving() RETURNS INT DETERMINISTIC BEGIN SET @left = 1; RETURN 7; END`)
				}
				migrate(t, db, false, "INSERT INTO seen VALUES ('')")
				migrate(t, db, false, "INSERT INTO seen VALUES ('')")
				if name == "a trigger, made late" {
					migrate(t, db, true, "CREATE TRIGGER l BEFORE INSERT ON late FOR EACH ROW SET @left = 1")
					migrate(t, db, false, "SELECT 1") // on the connection that is kept
				}
				migrate(t, db, strings.Contains(script, "CALL"), script)
				migrate(t, db, false, `INSERT INTO seen SELECT CONCAT(IF(@left IS NULL, '', '@'), IF(@@group_concat_max_len = 5, 'G', ''),
					IF(@@sql_mode LIKE '%NO_AUTO%', 'M', ''), IF(LAST_INSERT_ID() = 0, '', 'K'), IF(IS_USED_LOCK(DATABASE()) <=> CONNECTION_ID(), 'L', ''))`)
				migrate(t, db, false, "DELETE FROM late WHERE id = 1; INSERT INTO seen VALUES ('')")
				if rows, err := exec(t, begin(t, db, options), "DELETE FROM seen"); err != nil || rows != 4 {
					t.Errorf("%d rows, %v", rows, err)
				}
			})
		})
	}
}

func TestExecRecord_betweenStatementsNothingIsForgotten(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db engine.DB) {
		migrate(t, db, true, "CREATE TABLE a (id INT AUTO_INCREMENT PRIMARY KEY, b INT)")
		o := options
		o.NoTx = true
		for range 3 {
			s := begin(t, db, o)
			for st, err := range mysql.New().Split(
				strings.NewReader("INSERT INTO a VALUES (NULL, 1); UPDATE a SET b = 2 WHERE id = " +
					"LAST_INSERT_ID()")) {
				if err != nil {
					t.Fatal(err)
				}
				if rows, err := s.ExecRecord(t.Context(), st, entry("1"), entry("2")); err != nil ||
					rows != 1 {
					t.Errorf("%s: %d rows, %v", st.Text, rows, err)
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestExecRecord_allOrNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db engine.DB) {
		migrate(t, db, true, "CREATE TABLE a (id INT)")
		o := options
		o.NoTx = true
		newer := entry("2")
		newer.Epoch = 2
		s := begin(t, db, o)
		if err := s.Record(t.Context(), newer); err != nil {
			t.Fatal(err)
		}
		for st, err := range mysql.New().Split(strings.NewReader("INSERT INTO a VALUES (1)")) {
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.ExecRecord(t.Context(), st, entry("3"), entry("2")); kindOf(err) != engine.Fenced {
				t.Errorf("error is %v", err)
			}
		}
		// The session goes on, each call by itself.
		if rows, err := exec(t, s, "DELETE FROM a"); err != nil || rows != 0 {
			t.Errorf("%d rows stayed, %v", rows, err)
		}
		if err := s.Record(t.Context(), entry("4")); err != nil {
			t.Error(err)
		}
		if got, err := db.Ledger(t.Context()); err != nil || len(got.Entries) != 3 {
			t.Errorf("%d rows in the ledger, %v", len(got.Entries), err)
		}
	})
}

func TestRecord_manyRowsAllOrNone(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db engine.DB) {
		entries := make([]towpath.LedgerEntry, 3000)
		for n := range entries {
			entries[n] = entry(fmt.Sprint("many ", n))
			entries[n].Path = strings.Repeat("it's \\", 50)
		}
		newer := entries[len(entries)-1]
		newer.Epoch = 2
		for _, noTx := range []bool{true, false} {
			o := options
			o.NoTx = noTx
			write := func(entries ...towpath.LedgerEntry) error {
				s := begin(t, db, o)
				err := s.Record(t.Context(), entries...)
				if err == nil {
					err = s.Commit(t.Context())
				}
				return errors.Join(err, s.Close())
			}
			if err := write(newer); err != nil {
				t.Fatal(err)
			}
			if err := write(entries...); kindOf(err) != engine.Fenced {
				t.Errorf("error is %v", err)
			}
			if got, err := db.Ledger(t.Context()); err != nil || len(got.Entries) != 1 {
				t.Errorf("%d rows, %v", len(got.Entries), err)
			}
		}
		o := options
		o.NoTx = true
		if err := begin(t, db, o).Record(t.Context(), entries[:len(entries)-1]...); err != nil {
			t.Error(err)
		}
		if got, err := db.Ledger(t.Context()); err != nil || len(got.Entries) != len(entries) {
			t.Errorf("%d rows, %v", len(got.Entries), err)
		}
	})
}

func TestRecord_fencesUnderAnyMode(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db engine.DB) {
		newer := entry("2")
		newer.Epoch = 2
		for _, mode := range []string{"''", "'STRICT_ALL_TABLES,TRADITIONAL'", "'NO_UNSIGNED_SUBTRACTION'"} {
			o := options
			o.NoTx = true
			s := begin(t, db, o)
			if _, err := exec(t, s, "SET SESSION sql_mode = "+mode); err != nil {
				t.Fatal(err)
			}
			if err := s.Record(t.Context(), newer); err != nil {
				t.Fatal(err)
			}
			if err := s.Record(t.Context(), entry("1"), entry("2")); kindOf(err) != engine.Fenced {
				t.Errorf("under %s the error is %v", mode, err)
			}
		}
	})
}

func TestRunners(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db engine.DB) {
		terminator := db.(engine.SessionTerminator)
		for n := range 3 { // the later ones on a connection that was kept
			s := begin(t, db, options)
			if err := s.Record(t.Context(), entry("1")); err != nil {
				t.Fatal(err)
			}
			if _, _, err := s.Entry(t.Context(), entry("1").MigrationID); err != nil {
				t.Fatal(err)
			}
			if got, err := terminator.Runners(t.Context()); err != nil || len(got) != 1 ||
				got[0] != s.Identity() {
				t.Errorf("runners are %v, %v; want %s", got, err, s.Identity())
			}
			if err := s.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if got, err := terminator.Runners(t.Context()); err != nil || len(got) != 0 {
				t.Errorf("after session %d runners are %v, %v", n, got, err)
			}
		}
	})
}

func TestBegin_theServerHasEndedWhatIdled(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db engine.DB) {
		first := migrate(t, db, true, "CREATE TABLE a (id INT)")
		if err := db.(engine.SessionTerminator).EndSession(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		if second := migrate(t, db, false, "INSERT INTO a VALUES (1)"); second == first {
			t.Error("a session that was ended went on")
		}
	})
}

func TestBegin_limitsAreThoseOfEachSession(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, db engine.DB) {
		short := engine.SessionOptions{LockTimeout: time.Second, StatementTimeout: 300 * time.Millisecond}
		s := begin(t, db, short)
		if err := errors.Join(s.Record(t.Context(), entry("1")), s.Commit(t.Context()),
			s.Close()); err != nil {
			t.Fatal(err)
		}
		next, holder := begin(t, db, engine.SessionOptions{
			LockTimeout:      time.Second,
			StatementTimeout: time.Minute,
		}), begin(t, db, options)
		if next.Identity() != s.Identity() {
			t.Fatal("the connection was not kept")
		}
		for _, s := range []engine.Session{holder, next} {
			err := s.Record(t.Context(), entry("1"))
			if err == nil {
				_, _, err = s.Entry(t.Context(), entry("1").MigrationID)
			}
			if want := map[bool]engine.Kind{true: engine.Locked}[s == next]; kindOf(err) != want {
				t.Errorf("error is %v, want %q", err, want)
			}
		}
		if _, err := exec(t, begin(t, db, short), fixture().Slow); kindOf(err) != engine.Timeout {
			t.Errorf("error is %v", err)
		}
	})
}
