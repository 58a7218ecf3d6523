package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
	"towpath/internal/statement"
)

var options = engine.SessionOptions{LockTimeout: 2 * time.Second, StatementTimeout: time.Minute}

func open(t *testing.T, target engine.Target) engine.DB {
	t.Helper()
	db, err := postgres.New().Open(t.Context(), target)
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
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func run(ctx context.Context, s engine.Session, script string) error {
	for st, err := range postgres.New().Split(strings.NewReader(script)) {
		if err != nil {
			return err
		}
		if _, err := s.Exec(ctx, st); err != nil {
			return err
		}
	}
	return s.Commit(ctx)
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
		"COMMIT", "ROLLBACK", "PREPARE TRANSACTION 'x'", "SELECT 1; COMMIT",
		"CREATE TABLE b (id int); COMMIT", "DO $$ BEGIN COMMIT; END $$",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			db := open(t, server.Database(t))
			s := begin(t, db, options)
			if _, err := s.Exec(t.Context(), statement.Statement{Text: text}); err == nil {
				t.Fatal("it passed")
			}
			if _, err := s.Exec(t.Context(),
				statement.Statement{Text: "CREATE TABLE stray (id int)"}); err == nil {
				t.Error("the session went on")
			}
			if err := errors.Join(s.Record(t.Context(), entry("1")), s.Commit(t.Context())); err == nil {
				t.Error("the session was committed")
			}
			if schema, err := db.Schema(t.Context()); err != nil || schema.Dump != "" {
				t.Errorf("schema is %s, %v", schema.Dump, err)
			}
		})
	}
}

func TestExec_limitsComeBackAfterAFunctionChangedThem(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	s := begin(t, db, engine.SessionOptions{
		LockTimeout:      time.Second,
		StatementTimeout: 300 * time.Millisecond,
	})
	sneaky := `DO $$ BEGIN PERFORM set_config('statement_timeout', '0', false); PERFORM set_config('lock_timeout', '0', false); END $$`
	if _, err := s.Exec(t.Context(), statement.Statement{Text: sneaky}); err != nil {
		t.Fatal(err)
	}
	_, err := s.Exec(t.Context(), statement.Statement{Text: "SELECT pg_sleep(20)"})
	if kindOf(err) != engine.Timeout { // without a limit it sleeps to its end
		t.Errorf("error %v", err)
	}
}

func TestExec_namesWhoHoldsTheLock(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	server.Exec(t, target.Database, "CREATE TABLE a (id int)")
	pid, db := fmt.Sprint(server.Hold(t, target.Database, "LOCK TABLE a")), open(t, target)
	o := options
	o.LockTimeout = 5 * time.Second // the server is queried in the last third of it
	_, err := begin(t, db, o).Exec(t.Context(), statement.Statement{Text: "DROP TABLE a"})
	if kindOf(err) != engine.Locked || !strings.Contains(err.Error(), "; the lock is held by pid "+pid+
		", user owner, ") ||
		!strings.Contains(err.Error(), ", idle in transaction for ") ||
		!strings.HasSuffix(err.Error(), ", it ran last: LOCK TABLE a") {
		t.Errorf("error is %v", err)
	}
	_, err = begin(t, db, o).Exec(t.Context(), statement.Statement{Text: "LOCK TABLE a NOWAIT"})
	if kindOf(err) != engine.Locked {
		t.Errorf("error is %v", err)
	}
}

func TestCommit_deferredConstraint(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	err := run(t.Context(), begin(t, db, options), `CREATE TABLE p (id int PRIMARY KEY);
		CREATE TABLE c (p int REFERENCES p DEFERRABLE INITIALLY DEFERRED); INSERT INTO c VALUES (5)`)
	if kindOf(err) != engine.Failed || !strings.Contains(err.Error(), "c_p_fkey") {
		t.Errorf("error is %v", err)
	}
}

func TestExec_invalidIndex(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	o := options
	o.NoTx = true
	if err := run(t.Context(), begin(t, db, o),
		"CREATE TABLE a (id int); INSERT INTO a VALUES (1), (1)"); err != nil {
		t.Fatal(err)
	}
	if err := run(t.Context(), begin(t, db, o), "CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id)"); kindOf(
		err) != engine.Failed {
		t.Fatalf("error is %v", err)
	}
	err := run(t.Context(), begin(t, db, o), "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_id ON a (id)")
	if kindOf(err) != engine.Unmet || !strings.Contains(err.Error(), "not valid") {
		t.Errorf("error is %v", err)
	}
	if err := run(t.Context(), begin(t, db, o),
		`DELETE FROM a; DROP INDEX CONCURRENTLY a_id; CREATE UNIQUE INDEX CONCURRENTLY a_id ON a (id)`); err != nil {
		t.Error(err)
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
	s := begin(t, db, options)
	if _, err := s.Exec(t.Context(), statement.Statement{Text: "CREATE TABLE a (id int)"}); err != nil {
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
	if schema, err := db.Schema(t.Context()); err != nil || schema.Dump != "" {
		t.Errorf("schema is %s, %v", schema.Dump, err)
	}
	if err := terminator.EndSession(t.Context(), "gibberish"); err == nil {
		t.Error("gibberish was taken")
	}
}

func TestOpen_otherLedgerSchema(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	target.Options = map[string]string{"tls": "disable", "ledgerSchema": `odd "schema`}
	db := open(t, target)
	s := begin(t, db, options)
	if err := errors.Join(s.Record(t.Context(), entry("1")), s.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got, err := db.Ledger(t.Context()); err != nil || len(got.Entries) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	if schema, err := db.Schema(t.Context()); err != nil || schema.Dump != "" {
		t.Errorf("schema is %s, %v", schema.Dump, err)
	}
}
