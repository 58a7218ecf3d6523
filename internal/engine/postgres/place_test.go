package postgres_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
)

// asRole is a fresh database that belongs to a role of the given name.
func asRole(t *testing.T, name string) engine.Target {
	t.Helper()
	target := server.Database(t)
	role := pgx.Identifier{name}.Sanitize()
	server.Exec(t, target.Database, "DO $$ BEGIN CREATE ROLE "+role+
		" LOGIN PASSWORD 'x'; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
		"GRANT ALL ON DATABASE "+target.Database+" TO "+role, "GRANT ALL ON SCHEMA public TO "+role)
	target.Username, target.Password = name, "x"
	return target
}

// lands applies a file, and returns the schema of what it created without naming one.
func lands(t *testing.T, e *postgres.Engine, target engine.Target) (schema string, err error) {
	t.Helper()
	db, err := e.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	s, err := db.Begin(t.Context(), options)
	if err != nil {
		return "", err
	}
	if err := errors.Join(s.Record(t.Context(), entry("1")),
		run(t.Context(), s, "CREATE TABLE landing (id int)"), s.Close()); err != nil {
		t.Fatal(err)
	}
	server.Query(t, target.Database, &schema,
		"SELECT string_agg(schemaname, ' ') FROM pg_tables WHERE tablename = 'landing'")
	return schema, nil
}

func TestLedger_filesLandWhereTheyWouldWithoutIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, role, setup, want string }{
		{"the documented role", "towpath", "", "public"},
		{"a superuser", "", "", "public"},
		{"a role with a schema of its own", "at_home", "CREATE SCHEMA AUTHORIZATION at_home", "at_home"},
		{"a role named like a keyword", "select", `CREATE SCHEMA AUTHORIZATION "select"`, "select"},
		{"a role with an umlaut", "größe", "", "public"},
		{
			"a path of the role", "wanderer",
			"CREATE SCHEMA app AUTHORIZATION wanderer; ALTER ROLE wanderer SET search_path = app, public",
			"app",
		},
		{
			"a path of the database", "settler",
			`CREATE SCHEMA "App; one" AUTHORIZATION settler; ALTER DATABASE DB SET search_path = "App; one", "$user"`, "App; one",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			target := server.Database(t)
			if c.role != "" {
				target = asRole(t, c.role)
			}
			for _, text := range strings.Split(strings.ReplaceAll(c.setup, "DB", target.Database),
				"; ALTER") {
				if text != "" && !strings.HasPrefix(text, "CREATE") {
					text = "ALTER" + text
				}
				server.Exec(t, target.Database, text)
			}
			if got, err := lands(t, postgres.New(), target); err != nil || got != c.want {
				t.Errorf("it landed in %q, want %q (%v)", got, c.want, err)
			}
		})
	}
}

func TestLedger_aSchemaThatCollidesIsRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, role, ledger, setup, want string }{
		{"the role's name", "towpath_ledger", "", "", "has the user's name"},
		{"the role's name, as the option has it", "größe \"x\"", "größe \"x\"", "", "has the user's name"},
		{"the former default, for the documented role", "towpath", "towpath", "", "has the user's name"},
		{
			"in the path of the role", "strayed", "",
			"ALTER ROLE strayed SET search_path = public, towpath_ledger", "search_path",
		},
		{
			"in the path of the database", "astray", `a "b" c`,
			`ALTER DATABASE DB SET search_path = "$user", "a ""b"" c", public`, "search_path",
		},
		{
			"a schema of others", "visitor", "",
			"CREATE SCHEMA towpath_ledger; CREATE TABLE towpath_ledger.other ()", "objects of others",
		},
		{
			"two ledgers", "twice", "", "CREATE SCHEMA towpath; CREATE TABLE towpath.towpath_ledger (); " +
				"CREATE SCHEMA towpath_ledger; CREATE TABLE towpath_ledger.towpath_ledger ()",
			"two ledgers",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			target := asRole(t, c.role)
			target.Options = map[string]string{"tls": "disable", "ledgerSchema": c.ledger}
			for _, text := range strings.Split(strings.ReplaceAll(c.setup, "DB", target.Database), "; ") {
				server.Exec(t, target.Database, text)
			}
			report, err := postgres.New().Check(t.Context(), target)
			if err != nil || report.OK || len(report.Findings) == 0 ||
				!strings.Contains(report.Findings[0].Message, c.want) || report.Findings[0].Fix == "" {
				t.Errorf("report is %+v, %v", report, err)
			}
			if got, err := lands(t, postgres.New(), target); kindOf(err) != engine.Refused ||
				!strings.Contains(err.Error(), c.want) {
				t.Errorf("it landed in %q, %v", got, err)
			}
			schema, err := open(t, target).Schema(t.Context())
			if err != nil || strings.Contains(schema.Dump, "landing") {
				t.Errorf("schema is %s, %v", schema.Dump, err)
			}
		})
	}
}

// before creates a ledger as it was created when "towpath" was the default.
func before(t *testing.T, target engine.Target) {
	t.Helper()
	super := server.Target()
	super.Database, super.Options = target.Database, map[string]string{
		"tls":          "disable",
		"ledgerSchema": "towpath",
	}
	db := open(t, super)
	s := begin(t, db, options)
	if err := errors.Join(s.Record(t.Context(), entry("1")), s.Commit(t.Context()), s.Close(),
		db.Close()); err != nil {
		t.Fatal(err)
	}
	role := pgx.Identifier{target.Username}.Sanitize()
	server.Exec(t, target.Database, "ALTER SCHEMA towpath OWNER TO "+role,
		"ALTER TABLE towpath.towpath_ledger OWNER TO "+role)
}

func TestLedger_movesFromTheFormerSchemaOnce(t *testing.T) {
	t.Parallel()
	target := asRole(t, "towpath")
	before(t, target)
	e := postgres.New()
	var log bytes.Buffer
	e.Logger = slog.New(slog.NewTextHandler(&log, nil))
	db, err := e.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	read := func() {
		t.Helper()
		if got, err := db.Ledger(t.Context()); err != nil || len(got.Entries) != 1 {
			t.Errorf("ledger is %v, %v", got, err)
		}
		if schema, err := db.Schema(t.Context()); err != nil ||
			strings.Contains(schema.Dump, "SCHEMA towpath") || strings.Contains(schema.Dump, "TABLE") {
			t.Errorf("schema is %s, %v", schema.Dump, err)
		}
	}
	read()
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			s, err := db.Begin(t.Context(), options)
			if err != nil {
				t.Error(err)
				return
			}
			if _, found, err := s.Entry(t.Context(), entry("1").MigrationID); err != nil || !found {
				t.Errorf("found %v, %v", found, err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	read()
	if n := strings.Count(log.String(), "the ledger was moved"); n != 1 ||
		!strings.Contains(log.String(), "to=towpath_ledger") {
		t.Errorf("told %d times: %s", n, log.String())
	}
	if got, err := lands(t, e, target); err != nil || got != "public" {
		t.Errorf("it landed in %q, %v", got, err)
	}
}

func TestLedger_whatElseLiesInTheFormerSchemaStays(t *testing.T) {
	t.Parallel()
	target := asRole(t, "towpath")
	before(t, target)
	server.Exec(t, target.Database, "CREATE TABLE towpath.landed ()")
	e := postgres.New()
	var log bytes.Buffer
	e.Logger = slog.New(slog.NewTextHandler(&log, nil))
	if _, err := lands(t, e, target); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.String(), "table towpath.landed") {
		t.Errorf("log is %s", log.String())
	}
}

func TestLedger_withoutTheRightToMoveNothingRuns(t *testing.T) {
	t.Parallel()
	target := asRole(t, "pauper")
	before(t, target)
	server.Exec(t, target.Database, "REVOKE CREATE ON DATABASE "+target.Database+" FROM pauper")
	_, err := lands(t, postgres.New(), target)
	if kindOf(err) != engine.Refused || !strings.Contains(err.Error(), "Test the connection") {
		t.Errorf("error is %v", err)
	}
	report, err := postgres.New().Check(t.Context(), target)
	if err != nil || report.OK || len(report.Findings) == 0 {
		t.Fatalf("report is %+v, %v", report, err)
	}
	server.Exec(t, target.Database, report.Findings[0].Fix)
	if got, err := lands(t, postgres.New(), target); err != nil || got != "public" {
		t.Errorf("it landed in %q, %v", got, err)
	}
}
