package sqlite_test

import (
	"testing"

	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/sqlite"
)

func TestMarks(t *testing.T) {
	t.Parallel()
	enginetest.RunMarks(t, sqlite.New(sqlite.Config{}), []enginetest.MarkCase{
		{Name: "a table", Script: `CREATE TABLE customer (id INT)`, Want: "+table customer"},
		{Name: "where it is missing", Script: `CREATE TABLE IF NOT EXISTS customer (id INT)`, Want: "?+table customer"},
		{Name: "a table of a query", Script: `CREATE TABLE copied AS SELECT 1 AS x`, Want: "+table copied"},
		{Name: "a view counts as a table", Script: `CREATE VIEW recent AS SELECT 1`, Want: "+table recent"},
		{Name: "a table of the session alone", Script: `CREATE TEMPORARY TABLE t (id INT); DROP TABLE t`, Want: ""},
		{Name: "a column", Script: `ALTER TABLE customer ADD COLUMN phone TEXT`, Want: "+column customer.phone"},
		{Name: "a column without the word", Script: `ALTER TABLE customer ADD phone TEXT`, Want: "+column customer.phone"},
		{Name: "a column goes", Script: `ALTER TABLE customer DROP COLUMN phone`, Want: "-column customer.phone"},
		{Name: "a column renamed", Script: `ALTER TABLE customer RENAME COLUMN a TO b`, Want: "-column customer.a, +column customer.b"},
		{Name: "a table renamed", Script: `ALTER TABLE customer RENAME TO client`, Want: "-table customer, +table client"},
		{Name: "a table goes", Script: `DROP TABLE customer`, Want: "-table customer"},
		{Name: "a table goes if it is there", Script: `DROP TABLE IF EXISTS customer`, Want: "?-table customer"},
		{Name: "data says nothing", Script: `INSERT INTO customer VALUES (1); UPDATE customer SET id = 2`, Want: ""},
		{Name: "words in texts and comments", Script: `INSERT INTO log VALUES ('CREATE TABLE a (x INT);') /* DROP TABLE b; */`, Want: ""},
		{Name: "a script that cannot be read", Script: `CREATE TABLE a (id INT); INSERT INTO a VALUES ('`, Want: ""},
		{Name: "a name like a key word", Script: `CREATE TABLE "table" ("column" INT); ALTER TABLE "table" ADD COLUMN "index" INT`, Want: "+table table, +column table.index"},
		{Name: "an umlaut", Script: `CREATE TABLE "Körbe" (id INT)`, Want: "+table körbe"},
		{Name: "blanks, and a name like a statement", Script: `CREATE TABLE "drop table x" (id INT)`, Want: "+table drop table x"},
		{Name: "an index", Script: `CREATE UNIQUE INDEX by_name ON customer (name)`, Want: "+index by_name"},
		{Name: "an index goes", Script: `DROP INDEX IF EXISTS by_name`, Want: "?-index by_name"},
		{Name: "case does not matter", Script: `CREATE TABLE Customer (id INT)`, Want: "+table customer"},
		{Name: "names in brackets and backticks", Script: "CREATE TABLE [a b] (id INT); CREATE TABLE `c` (id INT)", Want: "+table a b, +table c"},
		{Name: "a virtual table", Script: `CREATE VIRTUAL TABLE words USING fts5(body)`, Want: "+table words"},
		{Name: "a table remade", Script: `CREATE TABLE new_a (id INT); DROP TABLE a; ALTER TABLE new_a RENAME TO a`, Want: "+table new_a, -table a, -table new_a, +table a"},
		{Name: "a trigger says nothing", Script: `CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; END`, Want: ""},
	})
}
