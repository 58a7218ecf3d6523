package postgres_test

import (
	"errors"
	"testing"

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

// Our own statements are prepared from the second session on. This script replaces the guard before the
// commit by one that always passes.
func TestReuse_aScriptThatForgesOurStatementsFails(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	forge := `DO $$ DECLARE ours text; BEGIN
		SELECT name INTO ours FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 OPERATOR%$4%';
		IF ours IS NOT NULL THEN
			EXECUTE format('DEALLOCATE %I', ours);
			EXECUTE format('PREPARE %I (text, text, int8, text) AS SELECT 1', ours);
		END IF; END $$`
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
