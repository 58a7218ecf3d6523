package sqlite_test

import (
	"testing"

	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/sqlite"
)

func TestMarks(t *testing.T) {
	t.Parallel()
	enginetest.RunMarks(t, sqlite.New(sqlite.Config{}), []enginetest.MarkCase{
		{
			Name:   "a name like a key word",
			Script: `CREATE TABLE "table" ("column" INT); ALTER TABLE "table" ADD COLUMN "index" INT`,
			Want:   "+table table, +column table.index",
		},
		{Name: "an umlaut", Script: `CREATE TABLE "Körbe" (id INT)`, Want: "+table körbe"},
		{
			Name: "blanks, and a name like a statement", Script: `CREATE TABLE "drop table x" (id INT)`,
			Want: "+table drop table x",
		},
		{Name: "an index", Script: `CREATE UNIQUE INDEX by_name ON customer (name)`, Want: "+index by_name"},
		{Name: "an index goes", Script: `DROP INDEX IF EXISTS by_name`, Want: "?-index by_name"},
		{Name: "case does not matter", Script: `CREATE TABLE Customer (id INT)`, Want: "+table customer"},
		{
			Name:   "names in brackets and backticks",
			Script: "CREATE TABLE [a b] (id INT); CREATE TABLE `c` (id INT)", Want: "+table a b, +table c",
		},
		{
			Name: "a virtual table", Script: `CREATE VIRTUAL TABLE words USING fts5(body)`,
			Want: "+table words",
		},
		{
			Name:   "a table remade",
			Script: `CREATE TABLE new_a (id INT); DROP TABLE a; ALTER TABLE new_a RENAME TO a`,
			Want:   "+table new_a, -table a, -table new_a, +table a",
		},
		{
			Name:   "a trigger says nothing",
			Script: `CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END`, Want: "",
		},
	})
}
