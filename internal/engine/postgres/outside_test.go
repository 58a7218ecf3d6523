package postgres_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
)

// asOwner is a database of an ordinary user, whose name needs quotes.
func asOwner(t *testing.T, name string) engine.Target {
	t.Helper()
	target := server.Database(t)
	role := pgx.Identifier{name}.Sanitize()
	server.Exec(t, target.Database, "CREATE ROLE "+role+" LOGIN PASSWORD 'p' CREATEROLE", "ALTER DATABASE "+
		target.Database+" OWNER TO "+role)
	target.Username, target.Password = name, "p"
	return target
}

// composed is SQL that no splitter reads.
func composed(text string) string {
	return "DO $x$ BEGIN EXECUTE '" + strings.ReplaceAll(strings.ReplaceAll(text, "'", "''"), " ",
		"' || ' ") + "'; END $x$"
}

func TestOutside_whatABlockChangesIsUndone(t *testing.T) {
	t.Parallel()
	target := asOwner(t, `owner "ü" of one`)
	db := open(t, target)
	for _, text := range []string{
		"ALTER ROLE CURRENT_USER PASSWORD 'changed'",
		"ALTER ROLE CURRENT_USER SET lock_timeout = 0",
		"CREATE ROLE sneaky_" + target.Database + " LOGIN",
		"ALTER DATABASE " + target.Database + " SET lock_timeout = 0",
		"ALTER DATABASE " + target.Database + " CONNECTION LIMIT 1",
		"GRANT CONNECT ON DATABASE " + target.Database + " TO PUBLIC",
		"COMMENT ON DATABASE " + target.Database + " IS 'mine'",
	} {
		s := begin(t, db, options)
		if err := run(t.Context(), s, "CREATE TABLE t (id int); "+composed(text)+
			"; SELECT 1"); kindOf(err) != engine.Refused {
			t.Errorf("%s: %v", text, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	server.Exec(t, target.Database,
		"DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM pg_roles WHERE rolname LIKE 'sneaky_%'); END $$",
		"DO $$ BEGIN ASSERT to_regclass('public.t') IS NULL; END $$")
	if _, err := open(t, target).Schema(t.Context()); err != nil {
		t.Errorf("the password: %v", err)
	}
}

func TestOutside_whatABlockMayStillDo(t *testing.T) {
	t.Parallel()
	target := asOwner(t, "fair")
	server.Exec(t, target.Database, "ALTER ROLE fair NOCREATEROLE") // other tests make roles at the same time
	db := open(t, target)
	for _, noTx := range []bool{false, true} {
		o := options
		o.NoTx = noTx
		s := begin(t, db, o)
		err := run(t.Context(), s, "DROP TABLE IF EXISTS fair; "+composed("CREATE TABLE fair (id int)")+"; "+
			composed("GRANT SELECT ON fair TO PUBLIC")+
			"; CREATE EXTENSION IF NOT EXISTS pg_trgm; ALTER TABLE fair OWNER TO CURRENT_USER")
		if err = errors.Join(err, s.Close()); err != nil {
			t.Error(err)
		}
	}
}

// committed is SQL that no splitter reads, and that commits itself.
func committed(text string) string {
	return strings.Replace(composed(text), "; END $x$", "; COMMIT; END $x$", 1)
}

func TestOutside_withoutATransactionItIsToldAfterwards(t *testing.T) {
	t.Parallel()
	target := asOwner(t, "loose")
	o := options
	o.NoTx = true
	for _, text := range []string{
		"ALTER ROLE CURRENT_USER SET work_mem = '1MB'", "ALTER DATABASE " +
			target.Database + " SET work_mem = '1MB'",
		"CREATE ROLE loosed", "ALTER ROLE loosed RENAME TO loosed2", "DROP ROLE loosed2",
		"ALTER ROLE CURRENT_USER PASSWORD 'changed'",
	} {
		if !strings.Contains(text, "loosed ") && !strings.Contains(text, "loosed2") {
			s := begin(t, open(t, target), o)
			if err := run(t.Context(), s, composed(text)+"; CREATE TABLE behind (id int)"); kindOf(
				err) != engine.Refused || strings.Contains(err.Error(), "stays") {
				t.Errorf("%s, not undone: %v", text, err)
			}
		}
		s := begin(t, open(t, target), o)
		if err := run(t.Context(), s, committed(text)+"; CREATE TABLE behind (id int)"); kindOf(
			err) != engine.Refused || !strings.Contains(err.Error(), "Its change remains") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// Building an index runs its functions, and outside of any transaction of ours.
func TestOutside_anIndexCannotChangeThePasswordUnseen(t *testing.T) {
	t.Parallel()
	target := asOwner(t, "indexer")
	o := options
	o.NoTx = true
	err := run(t.Context(), begin(t, open(t, target), o), `CREATE TABLE t (id int); INSERT INTO t VALUES (1);
		CREATE FUNCTION sneak() RETURNS int LANGUAGE plpgsql AS $f$ BEGIN EXECUTE 'ALTER ' || 'ROLE indexer PASSWORD $q$q$q$'; RETURN 1; END $f$;
		CREATE FUNCTION calm(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $f$ BEGIN RETURN public.sneak(); END $f$;
		CREATE INDEX CONCURRENTLY i ON t (calm(id))`)
	if kindOf(err) != engine.Refused || !strings.Contains(err.Error(), "password") {
		t.Error(err)
	}
}

// Others make roles, and change their own, all the time.
func TestOutside_whatOthersChangeIsNotOurs(t *testing.T) {
	t.Parallel()
	target := asOwner(t, "bystander")
	server.Exec(t, target.Database, "ALTER ROLE bystander NOCREATEROLE")
	o := options
	o.NoTx = true
	s := begin(t, open(t, target), o)
	mighty := server.Database(t)
	mighty.AllowRoles = true
	elsewhere := open(t, mighty)
	ctx, stop := context.WithCancel(t.Context())
	busy := make(chan error, 1)
	go func() {
		var err error
		for err == nil && ctx.Err() == nil {
			err = others(elsewhere)
		}
		busy <- err
	}()
	for range 5 {
		for _, text := range []string{
			"SELECT pg_sleep(0.05)", "DO $$ BEGIN PERFORM pg_sleep(0.05); END $$",
			"DO $$ BEGIN PERFORM pg_sleep(0.05); COMMIT; END $$",
		} {
			if err := run(t.Context(), s, text); err != nil {
				t.Errorf("%s: %v", text, err)
			}
		}
	}
	stop()
	if err := <-busy; err != nil {
		t.Fatal(err)
	}
}

// others creates, changes and drops a role.
func others(db engine.DB) error {
	s, err := db.Begin(context.Background(), options)
	if err != nil {
		return err
	}
	return errors.Join(run(context.Background(), s,
		"CREATE ROLE busy_other; ALTER ROLE busy_other SET work_mem = '1MB'; DROP ROLE busy_other"),
		s.Close())
}

func TestOutside_aBlockCannotLeaveItsSettings(t *testing.T) {
	t.Parallel()
	target := asOwner(t, "changing")
	server.Exec(t, target.Database, "CREATE ROLE other_self", "GRANT other_self TO changing",
		"ALTER ROLE changing NOCREATEROLE")
	for _, noTx := range []bool{false, true} {
		o := options
		o.NoTx = noTx
		s := begin(t, open(t, target), o)
		err := run(t.Context(), s, `DO $$ BEGIN PERFORM set_config('standard_conforming_strings', 'off', false); PERFORM set_config('client_encoding', 'SJIS', false); END $$;
			DO $$ BEGIN ASSERT length('\') = 1; ASSERT current_setting('client_encoding') = 'UTF8'; END $$`)
		if err != nil {
			t.Errorf("no transaction %v: %v", noTx, err)
		}
		s = begin(t, open(t, target), o)
		if err := run(t.Context(), s, composed("SET ROLE other_self")+"; SELECT 1"); err == nil {
			t.Errorf("no transaction %v: the role has changed: %v", noTx, err)
		}
	}
}

func TestFail_saysWhenNoTransactionHelps(t *testing.T) {
	t.Parallel()
	const parted = "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id); "
	for script, since := range map[string]int{
		"CREATE TYPE mood AS ENUM ('calm')|ALTER TYPE mood ADD VALUE 'loud'; SELECT 'loud'::mood": 0,
		"CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$|CALL fill()":         0,
		"SELECT 1|DO $$ BEGIN ROLLBACK; END $$":                                                   0,
		parted + "CREATE TABLE p1 PARTITION OF p DEFAULT|REINDEX TABLE p":                         14,
		parted + "CREATE INDEX i ON p (id)|CLUSTER p USING i":                                     15,
		"CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (id int REFERENCES p DEFERRABLE INITIALLY DEFERRED)|" +
			"INSERT INTO p VALUES (1); INSERT INTO c VALUES (1); ALTER TABLE c ADD x int": 0,
	} {
		if server.Version() < since { // it cannot do this at all
			continue
		}
		t.Run(script, func(t *testing.T) {
			t.Parallel()
			db := open(t, server.Database(t))
			before, text, _ := strings.Cut(script, "|")
			s := begin(t, db, options)
			if err := errors.Join(run(t.Context(), s, before), s.Close()); err != nil {
				t.Fatal(err)
			}
			s = begin(t, db, options)
			if err := run(t.Context(), s, text); err == nil ||
				strings.Count(err.Error(), `"-- towpath: no-transaction"`) != 1 {
				t.Errorf("error is %v", err)
			}
			o := options
			o.NoTx = true
			if err := run(t.Context(), begin(t, db, o), text); err != nil {
				t.Errorf("and it does not help: %v", err)
			}
		})
	}
	for _, text := range []string{
		"SELECT 1 / 0",
		"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN COMMIT; RETURN 1; END $$; SELECT f()",
	} {
		s := begin(t, open(t, server.Database(t)), options)
		if err := run(t.Context(), s, text); err == nil || strings.Contains(err.Error(), "no-transaction") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
