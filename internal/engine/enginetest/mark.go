package enginetest

import (
	"slices"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/schema"
)

// MarkCase is a script and its effect on the catalog, as "+table a" or "-index b"; "?" marks what
// may exist, or be gone, already, and "everything" is a statement that also affects what it does
// not name.
type MarkCase struct{ Name, Script, Want string }

// everyMark are scripts with the same meaning in every dialect.
var everyMark = []MarkCase{
	{Name: "a table", Script: `CREATE TABLE customer (id INT)`, Want: "+table customer"},
	{
		Name: "where it is missing", Script: `CREATE TABLE IF NOT EXISTS customer (id INT)`,
		Want: "?+table customer",
	},
	{Name: "a table of a query", Script: `CREATE TABLE copied AS SELECT 1 AS x`, Want: "+table copied"},
	{Name: "a view counts as a table", Script: `CREATE VIEW recent AS SELECT 1`, Want: "+table recent"},
	{
		Name: "a table of the session alone", Script: `CREATE TEMPORARY TABLE t (id INT); DROP TABLE t`,
		Want: "",
	},
	{Name: "a column", Script: `ALTER TABLE customer ADD COLUMN phone TEXT`, Want: "+column customer.phone"},
	{
		Name: "a column without the word", Script: `ALTER TABLE customer ADD phone TEXT`,
		Want: "+column customer.phone",
	},
	{Name: "a column goes", Script: `ALTER TABLE customer DROP COLUMN phone`, Want: "-column customer.phone"},
	{
		Name: "a column renamed", Script: `ALTER TABLE customer RENAME COLUMN a TO b`,
		Want: "-column customer.a, +column customer.b",
	},
	{
		Name: "a table renamed", Script: `ALTER TABLE customer RENAME TO client`,
		Want: "-table customer, +table client",
	},
	{Name: "a table goes", Script: `DROP TABLE customer`, Want: "-table customer"},
	{Name: "a table goes if it is there", Script: `DROP TABLE IF EXISTS customer`, Want: "?-table customer"},
	{
		Name: "data says nothing", Script: `INSERT INTO customer VALUES (1); UPDATE customer SET id = 2`,
		Want: "",
	},
	{
		Name:   "words in texts and comments",
		Script: `INSERT INTO log VALUES ('CREATE TABLE a (x INT);') /* DROP TABLE b; */`, Want: "",
	},
	{
		Name: "a script that cannot be read", Script: `CREATE TABLE a (id INT); INSERT INTO a VALUES ('`,
		Want: "",
	},
}

// RunMarks reads the marks of scripts with an engine's dialect: its own cases, and those of all.
func RunMarks(t *testing.T, e engine.Engine, cases []MarkCase) {
	t.Helper()
	reader, ok := e.(engine.Reader)
	if !ok {
		t.Fatal("the engine reads no names")
	}
	for _, c := range slices.Concat(everyMark, cases) {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			found := reader.Footprint(e.Split(strings.NewReader(c.Script)))
			if got := wordMarks(found.Marks); got != c.Want {
				t.Errorf("%s\ndoes  %s\nwants %s", c.Script, got, c.Want)
			}
		})
	}
	for script, want := range everyWhole {
		found := reader.Footprint(e.Split(strings.NewReader(script)))
		if got := strings.Join(found.Columns, ", "); found.Whole != (want != "-") || (found.Whole && got != want) {
			t.Errorf("%s\nmakes %q, whole: %v; want %q", script, got, found.Whole, want)
		}
	}
}

// everyWhole are scripts with the columns of new tables, or "-" for one that does something else too.
var everyWhole = map[string]string{
	`CREATE TABLE a (id INT PRIMARY KEY, größe VARCHAR(9) DEFAULT 'AS (x')`: "column a.id, column a.größe",
	`CREATE TABLE a (id INT); CREATE UNIQUE INDEX by_id ON a (id)`:          "column a.id",
	`ALTER TABLE a ADD COLUMN b INT`:                                        "",
	`ALTER TABLE a RENAME COLUMN b TO c`:                                    "",
	`DROP TABLE a`:                                                          "",
	`CREATE TABLE a (id INT); INSERT INTO a VALUES (1)`:                     "-",
	`CREATE TABLE a (id INT); UPDATE b SET c = 1`:                           "-",
	`CREATE TABLE a (id INT); GRANT SELECT ON a TO towpath_ledger`:          "-",
	`CREATE TABLE a AS SELECT 1 AS id`:                                      "-",
	`CREATE TABLE a (id INT); CREATE VIEW b AS SELECT id FROM a`:            "-",
	`CREATE TABLE a (id INT); CREATE TEMPORARY TABLE b (id INT)`:            "-",
	`CREATE TABLE a (id INT); INSERT INTO a VALUES ('`:                      "-",
}

func wordMarks(marks []schema.Mark) string {
	words := make([]string, len(marks))
	for i, m := range marks {
		switch {
		case m.Object == "":
			words[i] = "everything"
			continue
		case m.After == schema.There:
			words[i] = "+" + m.Object
		default:
			words[i] = "-" + m.Object
		}
		if m.Before == schema.Unknown {
			words[i] = "?" + words[i]
		}
	}
	return strings.Join(words, ", ")
}
