package sqlite_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
)

// SQLite reads an unknown name in double quotes as a text, and the statement succeeds.
func TestExec_doubleQuotesHoldNamesOnly(t *testing.T) {
	t.Parallel()
	e := sqlite.New(sqlite.Config{Root: t.TempDir()})
	target := engine.Target{Address: ".", Database: "shop"}
	if err := e.Create(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	const before = `CREATE TABLE "customer" ("größe" TEXT, email TEXT CHECK ("email" <> '')); INSERT INTO customer VALUES ('a', 'b');`
	if err := runUnchecked(t, e, target, before); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{
		`CREATE INDEX i ON customer ("emial")`,
		`CREATE INDEX i ON customer (email) WHERE "emial" IS NOT NULL`,
		`CREATE TABLE a (b TEXT CHECK ("c" > 1))`,
		`CREATE TABLE a (b TEXT, c AS ("d"))`,
		`UPDATE customer SET "größe" = "emial"`,
		`DELETE FROM customer WHERE "emial" <> 'x'`,
		`INSERT INTO customer VALUES ("a", 'b')`,
		`CREATE TABLE a AS SELECT "emial" FROM customer`,
		`CREATE VIEW v AS SELECT "emial" FROM customer; SELECT * FROM v`,
	} {
		err := runOnce(t, e, target, script)
		var failed *engine.Error
		if !errors.As(err, &failed) || failed.Kind != engine.Failed ||
			!strings.Contains(err.Error(), "no such column") {
			t.Errorf("%s: %v", script, err)
		}
	}
	for _, script := range []string{
		`CREATE INDEX i ON customer ("größe") WHERE "email" <> 'x'`,
		`CREATE TABLE "from" ("to" TEXT CHECK ("to" > 'a')); INSERT INTO "from" ("to") VALUES ('b')`,
	} {
		if err := runOnce(t, e, target, script); err != nil {
			t.Errorf("%s: %v", script, err)
		}
	}
}

func runOnce(t *testing.T, e engine.Engine, target engine.Target, script string) error {
	t.Helper()
	s := keys(t, e, target, script)
	return errors.Join(run(t, s, script), s.Close())
}

func TestExec_addedColumnsNameColumnsOnly(t *testing.T) {
	t.Parallel()
	e := sqlite.New(sqlite.Config{Root: t.TempDir()})
	target := engine.Target{Address: ".", Database: "shop"}
	if err := e.Create(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	const before = `CREATE TABLE "Größe" (id INTEGER PRIMARY KEY, a TEXT REFERENCES "Größe" CHECK ("a" <> 'x')) STRICT;`
	if err := runUnchecked(t, e, target, before); err != nil {
		t.Fatal(err)
	}
	for script, want := range map[string]string{
		`ALTER TABLE "Größe" ADD COLUMN c TEXT CHECK ("d" <> 'x')`:                                     `no column d`,
		`ALTER TABLE "Größe" ADD e TEXT AS ("f" || a)`:                                                 `no column f`,
		`CREATE TABLE "from" ("to" TEXT); ALTER TABLE main."from" ADD x INT CHECK ("from"."nope" > 1)`: `nope`,
		`ALTER TABLE "Größe" ADD COLUMN g TEXT DEFAULT 'it''s' CHECK ("g" <> "a" OR "id" > 1)`:         ``,
		`ALTER TABLE "Größe" ADD COLUMN "h ;" TEXT REFERENCES "Größe" ("id")`:                          ``,
		`CREATE TEMP TABLE t (a TEXT); ALTER TABLE temp.t ADD COLUMN "b" TEXT; DROP TABLE temp.t`:      ``,
		`ALTER TABLE "Größe" RENAME COLUMN a TO "b"; ALTER TABLE "Größe" RENAME COLUMN "b" TO a`:       ``,
	} {
		err := runOnce(t, e, target, script)
		if (want == "") != (err == nil) || (err != nil && !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", script, err, want)
		}
	}
}

// Objects that another program has created with such texts stay readable, and may be changed.
func TestExec_leavesTextsInDoubleQuotesOfOthers(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	raw(t, filepath.Join(root, "shop.db"),
		`CREATE TABLE a (b TEXT DEFAULT "x" CHECK (b <> "y")); CREATE INDEX i ON a (b) WHERE b <> "z"`)
	e := sqlite.New(sqlite.Config{Root: root})
	target := engine.Target{Address: ".", Database: "shop"}
	const script = `INSERT INTO a (b) VALUES ('w'); ALTER TABLE a ADD COLUMN c TEXT; CREATE INDEX j ON a (c); DROP INDEX i`
	if err := run(t, keys(t, e, target, script), script); err != nil {
		t.Error(err)
	}
	db, err := e.Open(context.WithoutCancel(t.Context()), target)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if schema, err := db.Schema(t.Context()); err != nil || !strings.Contains(schema.Dump, `"y"`) {
		t.Errorf("schema is %v, %v", schema, err)
	}
}
