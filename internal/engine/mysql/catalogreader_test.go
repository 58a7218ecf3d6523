package mysql_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

func catalogReader(t *testing.T) engine.CatalogReader {
	t.Helper()
	db := open(t, server.Database(t))
	w, ok := db.(engine.CatalogReader)
	if !ok {
		t.Fatal("the database is no catalog reader")
	}
	return w
}

func TestChange(t *testing.T) {
	t.Parallel()
	w := catalogReader(t)
	table := func(names ...string) (all []schema.Object) {
		for _, name := range names {
			all = append(all, schema.Object{Kind: "table", Name: name})
		}
		return all
	}
	for text, want := range map[string]schema.Change{
		"CREATE TABLE `a``b` (id INT)": {
			Effect:  schema.Create,
			Objects: table("a`b"),
		},
		"create table shop.a (id int)": {
			Effect:  schema.Create,
			Objects: table("shop.a"),
		},
		"CREATE TABLE IF NOT EXISTS a (id INT)": {
			Effect: schema.Repeat,
		},
		"CREATE TABLE a SELECT * FROM b": {
			Effect: schema.Opaque,
		},
		"CREATE TABLE IF NOT EXISTS a AS SELECT * FROM b": {
			Effect: schema.Opaque,
		},
		"CREATE OR REPLACE TABLE a (id INT)": {
			Effect: schema.Opaque,
		},
		"CREATE OR REPLACE VIEW v AS SELECT 1": {
			Effect: schema.Repeat,
		},
		"CREATE DEFINER=`x`@`y` TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET @a = 1": {
			Effect:  schema.Create,
			Objects: []schema.Object{{Kind: "trigger", Name: "t"}},
		},
		"CREATE UNIQUE INDEX i USING BTREE ON a (b)": {
			Effect:  schema.Create,
			Objects: []schema.Object{{Kind: "index", Name: "i", On: "a"}},
		},
		"DROP INDEX i ON a": {
			Effect:  schema.Drop,
			Objects: []schema.Object{{Kind: "index", Name: "i", On: "a"}},
		},
		"DROP TABLE a, b": {
			Effect:  schema.Drop,
			Objects: table("a", "b"),
		},
		"DROP TABLE IF EXISTS a": {
			Effect:  schema.Repeat,
			Objects: table("a"),
		},
		"RENAME TABLE a TO b": {
			Effect:  schema.Rename,
			Objects: table("a", "b"),
		},
		"RENAME TABLE a TO c, b TO a, c TO b": {
			Effect:  schema.Alter,
			Objects: table("a", "c", "b", "a", "c", "b"),
		},
		"ALTER TABLE a ADD COLUMN b DECIMAL(5, 2) AFTER c, DROP COLUMN d": {
			Effect:  schema.Alter,
			Objects: table("a"), Gains: []string{"b"}, Losses: []string{"d"},
		},
		"ALTER TABLE a ADD (b INT, c INT), ADD UNIQUE KEY u (b), DROP PRIMARY KEY": {
			Effect:  schema.Alter,
			Objects: table("a"), Gains: []string{"u"},
		},
		"ALTER TABLE a CHANGE b c INT, RENAME COLUMN d TO e": {
			Effect:  schema.Alter,
			Objects: table("a"), Gains: []string{"c", "e"}, Losses: []string{"b", "d"},
		},
		"ALTER TABLE a MODIFY b BIGINT, ALGORITHM=INPLACE, LOCK=NONE": {
			Effect:  schema.Alter,
			Objects: table("a"),
		},
		"ALTER TABLE a RENAME TO b": {
			Effect:  schema.Rename,
			Objects: table("a", "b"),
		},
		"ALTER TABLE a TRUNCATE PARTITION p": {
			Effect: schema.Opaque,
		},
		"ALTER TABLE a ADD COLUMN b INT /*!80000 INVISIBLE */": {
			Effect: schema.Opaque,
		},
		"TRUNCATE TABLE a": {
			Effect: schema.Opaque,
		},
		"CALL p()": {
			Effect: schema.Opaque,
		},
		"CREATE USER u": {
			Effect: schema.Opaque,
		},
		"GRANT SELECT ON a TO u": {
			Effect: schema.Repeat,
		},
		"OPTIMIZE TABLE a": {
			Effect: schema.Repeat,
		},
	} {
		if got := w.Change(statement.Statement{Text: text}); cmp.Diff(want, got) != "" {
			t.Errorf("%s\n%s", text, cmp.Diff(want, got))
		}
	}
}

func TestDefinitions(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	db := open(t, target)
	server.Exec(t, "CREATE TABLE "+target.Database+".a (id INT AUTO_INCREMENT PRIMARY KEY, b INT, KEY i (b))",
		"INSERT INTO "+target.Database+".a VALUES (7, 7)")
	var objects []schema.Object
	for _, kind := range []string{"table", "view", "trigger", "procedure", "function", "event", "sequence"} {
		objects = append(objects, schema.Object{Kind: kind, Name: "none"})
	}
	objects = append(objects, schema.Object{Kind: "index", Name: "j", On: "a"},
		schema.Object{Kind: "index", Name: "I", On: "a"},
		schema.Object{Kind: "table", Name: target.Database + ".a"})
	all, err := db.(engine.CatalogReader).Definitions(t.Context(), objects)
	if err != nil {
		t.Fatal(err)
	}
	for n, d := range all[:8] {
		if d != (engine.Definition{}) {
			t.Errorf("%v is %q", objects[n], d)
		}
	}
	if index, table := all[8].Text, all[9].Text; !strings.Contains(index, "KEY `i`") ||
		!strings.Contains(table, "CREATE TABLE `a`") || strings.Contains(table, "INCREMENT=") {
		t.Errorf("index is %q, table %q", index, table)
	}
}
