package postgres_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/schema"
)

// A server may keep internal values among the options. They differ by table and change, so they
// must not be compared.
func TestSchema_leavesOutTheServersOwnNotes(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	db := open(t, target)
	session := begin(t, db, engine.SessionOptions{
		NoTx: true, LockTimeout: options.LockTimeout,
		StatementTimeout: options.StatementTimeout,
	})
	if err := run(t.Context(), session, `CREATE EXTENSION bloom;
		CREATE TABLE a (id int PRIMARY KEY WITH (fillfactor = 60), "select" text, during tsrange, EXCLUDE USING gist (during WITH &&) WITH (fillfactor = 61));
		CREATE TABLE plain (id int UNIQUE, b text);
		ALTER TABLE a ALTER COLUMN id SET (n_distinct = -0.5);
		CREATE INDEX quoted ON a ("select") WITH (fillfactor = 62) WHERE "select" <> ' WITH (fillfactor=''62'')';
		CREATE INDEX bare ON plain (b);
		CREATE INDEX extended ON plain USING bloom (b) WITH (length = 96, col1 = 4);
		CREATE VIEW v WITH (security_barrier = true) AS SELECT id FROM a;
		CREATE VIEW w AS SELECT id FROM a;
		CREATE MATERIALIZED VIEW m WITH (fillfactor = 63) AS SELECT id FROM a`); err != nil {
		t.Fatal(err)
	}
	objects := []schema.Object{
		{Kind: "table", Name: "a"},
		{Kind: "index", Name: "quoted"},
		{Kind: "index", Name: "bare"},
		{Kind: "table", Name: "plain"},
	}
	look := func() (engine.Schema, []engine.Definition) {
		t.Helper()
		schema, err := db.Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		definitions, err := db.(engine.CatalogReader).Definitions(t.Context(), objects)
		if err != nil {
			t.Fatal(err)
		}
		return schema, definitions
	}
	before, defined := look()
	for _, want := range []string{
		"n_distinct=-0.5", "fillfactor=60", "fillfactor='61'", "fillfactor='62'",
		"fillfactor=63", "length='96'", "security_barrier=true",
	} {
		if !strings.Contains(before.Dump, want) {
			t.Errorf("the dump lacks %s:\n%s", want, before.Dump)
		}
	}
	mine := "FROM pg_namespace n WHERE n.oid = relnamespace AND nspname NOT LIKE 'pg\\_%' AND nspname <> " +
		"'information_schema'"
	for _, note := range []string{"server_note=7", "another=it's \"odd\""} {
		literal := strings.ReplaceAll(note, "'", "''")
		server.Exec(t, target.Database,
			fmt.Sprintf("UPDATE pg_attribute SET attoptions = '%s' || attoptions FROM pg_class c WHERE "+
				"attrelid = c.oid AND relkind IN ('r', 'm', 'v') AND attnum > 0 AND c.oid >= 16384",
				"{"+`"`+strings.ReplaceAll(literal, `"`, `\"`)+`"}`),
			fmt.Sprintf("UPDATE pg_class SET reloptions = array_append(reloptions, '%s') %s AND relname <> "+
				"'extended' AND relkind IN ('r', 'i', 'm', 'v')", literal, mine),
			fmt.Sprintf("UPDATE pg_class SET reloptions = array_append(reloptions, '%s') WHERE oid IN "+
				"(SELECT reltoastrelid FROM pg_class WHERE oid >= 16384)", literal))
	}
	noted, again := look()
	if noted.Dump != before.Dump || noted.Fingerprint != before.Fingerprint {
		t.Errorf("notes changed the schema.\nbefore:\n%s\nafter:\n%s", before.Dump, noted.Dump)
	}
	if !slices.Equal(defined, again) {
		t.Errorf("notes changed the definitions:\n%q\n%q", defined, again)
	}
	for _, want := range []string{"server_note (", "another ("} {
		if !strings.Contains(noted.LeftOut, want) || strings.Contains(before.LeftOut, want) {
			t.Errorf("left out are %q, and before %q", noted.LeftOut, before.LeftOut)
		}
	}
	server.Exec(t, target.Database,
		"UPDATE pg_attribute SET attoptions = array_replace(attoptions, 'n_distinct=-0.5', 'n_distinct=-0.6')",
		"UPDATE pg_class SET reloptions = array_replace(reloptions, 'fillfactor=62', 'fillfactor=70')")
	if changed, redefined := look(); changed.Fingerprint == before.Fingerprint || redefined[1] == defined[1] {
		t.Errorf("what a person set is not seen:\n%s\n%q", changed.Dump, redefined)
	}
}
