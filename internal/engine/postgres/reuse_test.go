package postgres_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
	"towpath/internal/statement"
)

// Each script asserts that it is the first: what it leaves in its session must not reach the next
// one, which shares the connection.
func TestReuse_nothingReachesTheNextSession(t *testing.T) {
	t.Parallel()
	assert := func(condition string) string { return "DO $$ BEGIN ASSERT " + condition + "; END $$; " }
	for name, script := range map[string]string{
		"a setting": assert("current_setting('search_path') LIKE '%public%'") +
			"SET search_path = pg_catalog",
		"a setting by hand": assert("current_setting('work_mem') <> '77MB'") +
			"SELECT set_config('work_mem', '77MB', false)",
		"a temporary table":    assert("to_regclass('pg_temp.t') IS NULL") + "CREATE TEMP TABLE t (x int)",
		"a lock":               "SELECT pg_advisory_lock(7)",
		"a cursor":             "DO $$ BEGIN EXECUTE 'DECLARE c CURSOR WITH HOLD FOR SELECT 1'; END $$",
		"a prepared statement": "DO $$ BEGIN EXECUTE 'PREPARE p AS SELECT 1'; END $$",
		"a listener": assert("NOT EXISTS (SELECT pg_listening_channels())") +
			"DO $$ BEGIN EXECUTE 'LISTEN towpath_test'; END $$",
		"a value": assert("current_setting('my.value', true) IS DISTINCT FROM 'left'") +
			"SELECT set_config('my.value', 'left', false)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			target := server.Database(t)
			db, err := postgres.New().Open(t.Context(), target)
			if err != nil {
				t.Fatal(err)
			}
			for n := range 4 { // from the second one on our own statements are prepared
				s := begin(t, db, options)
				if err := run(t.Context(), s, script); err != nil {
					t.Fatalf("session %d: %v", n+1, err)
				}
				if err := s.Close(); err != nil {
					t.Fatal(err)
				}
			}
			s := begin(t, db, options)
			if err := run(t.Context(), s,
				assert("NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND database = "+
					"(SELECT oid FROM pg_database WHERE datname = current_database()))")); err != nil {
				t.Errorf("locks are left: %v", err)
			}
		})
	}
}

func TestReuse_aScriptThatTakesOurStatementsAwayCostsTheConnection(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	deallocate := "DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$"
	for n, want := range []engine.Kind{"", engine.Lost, ""} {
		s := begin(t, db, options)
		if err := run(t.Context(), s, deallocate); kindOf(err) != want {
			t.Errorf("session %d: %v, want %q", n+1, err, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Our own statements are prepared from the second session on. This script replaces the guards before
// the commit by some that always pass.
func TestReuse_aScriptThatForgesOurStatementsFails(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	forge := `DO $$ DECLARE ours text; BEGIN
		FOR ours IN SELECT name FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 OPERATOR%$4%' LOOP
			EXECUTE format('DEALLOCATE %I', ours);
			EXECUTE format('PREPARE %I (text, text, int8, text) AS SELECT 1', ours);
		END LOOP; END $$`
	for n, want := range []engine.Kind{"", engine.Refused, ""} {
		s := begin(t, db, options)
		_, err := s.Exec(t.Context(), statement.Statement{Verb: "DO", Text: forge})
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Record(t.Context(), entry("1")), s.Commit(t.Context())); kindOf(err) != want {
			t.Errorf("session %d: %v, want %q", n+1, err, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// A trigger that runs at the commit itself, behind all checks before it, changes the ledger and replaces
// the check that follows by one that reads a copy.
func TestReuse_aTriggerThatForgesTheCheckAfterTheCommitIsSeen(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	const script = `CREATE TABLE first (id int); CREATE TABLE "user" (id int);
		CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
			SET CONSTRAINTS forging DEFERRED; INSERT INTO "user" VALUES (1); RETURN NULL; END $$;
		CREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS $$
			DECLARE ours text; check_after text; ledger text := format('%1$I.%1$I', 'towpath_' || 'ledger');
			quoted text := format('"%1$s"."%1$s"', 'towpath_' || 'ledger'); BEGIN
			SELECT name, statement INTO ours, check_after FROM pg_prepared_statements
				WHERE statement LIKE '%AND type OPERATOR(pg_catalog.=) $3), (SELECT pg_catalog.format%';
			EXECUTE 'CREATE TABLE copy AS TABLE ' || ledger;
			EXECUTE 'UPDATE ' || ledger || ' SET seal = ''forged''';
			IF ours IS NOT NULL THEN
				EXECUTE format('DEALLOCATE %I', ours);
				EXECUTE format('PREPARE %I (text, text, text) AS %s', ours, replace(check_after, quoted, 'public.copy'));
			END IF; RETURN NULL; END $$;
		CREATE CONSTRAINT TRIGGER late AFTER INSERT ON first DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
			EXECUTE FUNCTION later();
		CREATE CONSTRAINT TRIGGER forging AFTER INSERT ON "user" DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
			EXECUTE FUNCTION forge()`
	head := entry("head")
	head.MigrationID, head.Seal = towpath.MigrationID{Type: towpath.TypeHead}, "sealed"
	for n, text := range []string{script, "INSERT INTO first VALUES (1)"} {
		s := begin(t, db, options)
		for st, err := range postgres.New().Split(strings.NewReader(text)) {
			if err == nil {
				_, err = s.Exec(t.Context(), st)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		row, want := entry(strconv.Itoa(n+1)), []engine.Kind{"", engine.Tampered}[n]
		row.Seal = "sealed"
		head.StatementsDone, head.Number = n, int64(n+1)
		if err := errors.Join(s.Record(t.Context(), row, head), s.Commit(t.Context())); kindOf(err) != want {
			t.Errorf("session %d: %v, want %q", n+1, err, want)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if l, err := db.Ledger(t.Context()); err != nil || l.Head == nil || l.Head.Seal != "forged" {
		t.Errorf("nothing was forged: %v, %v", l.Head, err)
	}
}
