package mysql_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/mysql"
	"towpath/internal/statement"
)

var options = engine.SessionOptions{LockTimeout: 2 * time.Second, StatementTimeout: time.Minute}

func open(t *testing.T, target engine.Target) engine.DB {
	t.Helper()
	db, err := mysql.New().Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

func begin(t *testing.T, db engine.DB, o engine.SessionOptions) engine.Session {
	t.Helper()
	s, err := db.Begin(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		var ended *engine.Error // it is unknown whether a killed session has undone everything
		if err := s.Close(); err != nil && !(errors.As(err, &ended) && ended.Kind == engine.Stays) {
			t.Error(err)
		}
	})
	return s
}

func run(ctx context.Context, s engine.Session, script string) error {
	for st, err := range mysql.New().Split(strings.NewReader(script)) {
		if err != nil {
			return err
		}
		if _, err := s.Exec(ctx, st); err != nil {
			return err
		}
	}
	return s.Commit(ctx)
}

func exec(t *testing.T, s engine.Session, text string) (int64, error) {
	t.Helper()
	return s.Exec(t.Context(), statement.Statement{Text: text})
}

func kindOf(err error) engine.Kind {
	var e *engine.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

func entry(version string) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Version: version, Type: towpath.TypeDDL},
		State:       towpath.LedgerDone,
		Epoch:       1,
		StartedAt:   time.UnixMicro(1),
	}
}

func TestExec_whatPassedTheSplitter(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"CREATE TABLE stray (id INT); SELECT 1", "SELECT 1; DROP TABLE a",
		"LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE a",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			db := open(t, server.Database(t))
			o := options
			o.NoTx = true
			if err := run(t.Context(), begin(t, db, o), "CREATE TABLE a (id INT)"); err != nil {
				t.Fatal(err)
			}
			before, err := db.Schema(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			s := begin(t, db, o)
			if _, err := exec(t, s, text); err == nil {
				t.Error("it passed")
			}
			if after, err := db.Schema(t.Context()); err != nil || after != before {
				t.Errorf("the schema changed: %s, %v", after.Dump, err)
			}
		})
	}
}

func TestExec_limitsComeBackAfterAProcedureChangedThem(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	o := engine.SessionOptions{NoTx: true, LockTimeout: time.Second, StatementTimeout: 3 * time.Second}
	s := begin(t, db, o)
	limit := "max_statement_time"
	if server.MySQL {
		limit = "max_execution_time"
	}
	if err := run(t.Context(), s, "CREATE PROCEDURE sneaky() BEGIN SET SESSION "+limit+
		" = 0; SET SESSION lock_wait_timeout = 99; END; CALL sneaky()"); err != nil {
		t.Fatal(err)
	}
	if _, err := exec(t, s, fixture().Slow); kindOf(err) != engine.Timeout {
		t.Errorf("error %v", err)
	}
}

func TestExec_aCancelledStatementIsGoneFromTheServer(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	o := options
	o.NoTx = true
	s := begin(t, db, o)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := s.Exec(ctx, statement.Statement{Text: fixture().Slow}); kindOf(err) != engine.Timeout {
		t.Fatalf("error is %v", err)
	}
	// The same connection answers, so nothing runs on it any more.
	if _, err := exec(t, s, "CREATE TABLE a (id INT)"); err != nil {
		t.Error(err)
	}
}

func TestExec_anErrorEndsATransaction(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	o := options
	o.NoTx = true
	if err := run(t.Context(), begin(t, db, o), "CREATE TABLE a (id INT PRIMARY KEY)"); err != nil {
		t.Fatal(err)
	}
	s := begin(t, db, options)
	if _, err := exec(t, s, "INSERT INTO a VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	if _, err := exec(t, s, "INSERT INTO a VALUES (1)"); kindOf(err) != engine.Failed {
		t.Fatalf("error is %v", err)
	}
	if err := errors.Join(s.Record(t.Context(), entry("1")), s.Commit(t.Context())); err == nil {
		t.Error("the session went on")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if rows, err := exec(t, begin(t, db, options), "DELETE FROM a"); err != nil || rows != 0 {
		t.Errorf("%d rows stayed, %v", rows, err)
	}
}

func TestLedger_manySessionsMakeItAtOnce(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			o := options
			o.NoTx = i%2 == 0
			s, err := db.Begin(t.Context(), o)
			if err == nil {
				err = errors.Join(s.Record(t.Context(), entry(string(rune('a'+i)))), s.Commit(t.Context()),
					s.Close())
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if got, err := db.Ledger(t.Context()); err != nil || len(got.Entries) != 8 {
		t.Errorf("%d rows, %v", len(got.Entries), err)
	}
}

func TestEndSession(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	o := options
	o.NoTx = true
	if err := run(t.Context(), begin(t, db, o), "CREATE TABLE a (id INT)"); err != nil {
		t.Fatal(err)
	}
	s := begin(t, db, options)
	if _, err := exec(t, s, "INSERT INTO a VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	terminator := db.(engine.SessionTerminator)
	for range 2 { // the second finds it gone
		if err := terminator.EndSession(t.Context(), s.Identity()); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Commit(t.Context()); kindOf(err) != engine.Lost {
		t.Errorf("error is %v", err)
	}
	if rows, err := exec(t, begin(t, db, options), "DELETE FROM a"); err != nil || rows != 0 {
		t.Errorf("%d rows stayed, %v", rows, err)
	}
	if err := terminator.EndSession(t.Context(), "gibberish"); err == nil {
		t.Error("gibberish was taken")
	}
}

func TestEndSession_ofAnEarlierServer(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	s := begin(t, db, options)
	id, _, _ := strings.Cut(s.Identity(), " ")
	if err := db.(engine.SessionTerminator).EndSession(t.Context(), id+" since 1000"); err != nil {
		t.Fatal(err)
	}
	if _, err := exec(t, s, "SELECT 1"); err != nil {
		t.Errorf("somebody else's session was ended: %v", err)
	}
}

// The server of the tests has a global sql_mode with ANSI_QUOTES and NO_BACKSLASH_ESCAPES.
func TestBegin_readsSQLAsTheSplitterDoes(t *testing.T) {
	t.Parallel()
	if err := run(t.Context(), begin(t, open(t, server.Database(t)), options),
		`SELECT "text", 'it\'s'`); err != nil {
		t.Error(err)
	}
}
