package postgres_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/enginetest/pgserver"
	"towpath/internal/engine/postgres"
)

var server *pgserver.Server

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if server, err = pgserver.Start(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		code := m.Run()
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return code
	}())
}

func fixture() enginetest.Fixture {
	return enginetest.Fixture{
		Engine: postgres.New(),
		New:    func(t *testing.T) engine.Target { return server.Database(t) },
		Admin: func(t *testing.T, database string, statements ...string) {
			server.Exec(t, database, statements...)
		},
		Missing: func(*testing.T) engine.Target {
			target := server.Target()
			target.Database = "nowhere"
			return target
		},
		AutoKey: "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
		Slow:    "SELECT pg_sleep(30)",
		Blocker: []string{"held by pid ", ", user owner, ", "active for ", "it runs: SELECT pg_sleep(?)"},
		Has: func(version string) bool {
			oldest, err := strconv.Atoi(version)
			return err == nil && server.Version() >= oldest
		},
		TransactionalDDL: true,
		Schema:           "CREATE TABLE a (id int PRIMARY KEY, b text DEFAULT 'it''s'); CREATE VIEW v AS SELECT * FROM a;",
		Cosmetic: [2]string{
			"CREATE TABLE a (id int, b varchar(3)); CREATE INDEX i ON a (b); CREATE INDEX h ON a (id)",
			"create table public.a -- the one\n(id integer,\n b character varying(3));\nCREATE INDEX h ON a USING btree (id); CREATE INDEX i ON a /* b */ (b)",
		},
	}
}

func TestEngine(t *testing.T) {
	t.Parallel()
	enginetest.Run(t, fixture())
}

func TestSchema_everyFixtureReplays(t *testing.T) {
	t.Parallel()
	server.Exec(t, "postgres", "CREATE ROLE reader", `CREATE ROLE "odd role"`)
	enginetest.ReplayAll(t, fixture(), "testdata/schemas", comparePgDump)
}

func FuzzDump(f *testing.F) {
	for _, name := range []string{
		"a", `it's "odd" \`, "größe 表 🐘", "-- ; /* */", "a`b$$c$1", " ", "%s\n",
		"towpath",
	} {
		f.Add(name, name)
	}
	quote := func(mark, text string) string { return mark + strings.ReplaceAll(text, mark, mark+mark) + mark }
	f.Fuzz(func(t *testing.T, name, text string) {
		id, literal := quote(`"`, name), quote("'", text)
		enginetest.Survives(t, fixture(), "CREATE SCHEMA "+id+"; CREATE TYPE "+id+".e AS ENUM ("+literal+
			"); CREATE TABLE "+id+"."+id+" ("+id+" text DEFAULT "+literal+
			" CHECK ("+id+" <> "+literal+"), e "+id+".e DEFAULT "+literal+"); CREATE INDEX ON "+id+"."+id+
			" ("+id+") WHERE "+id+" <> "+literal+
			"; CREATE VIEW "+id+".v AS SELECT "+literal+" AS "+id+" FROM "+id+"."+id+"; COMMENT ON COLUMN "+
			id+"."+id+"."+id+" IS "+literal+
			"; CREATE FUNCTION "+id+".f() RETURNS text LANGUAGE sql AS "+quote("'", "SELECT "+literal))
	})
}
