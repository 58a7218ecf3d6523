package mysql_test

import (
	"testing"

	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/mysql"
)

func TestMarks(t *testing.T) {
	t.Parallel()
	enginetest.RunMarks(t, mysql.New(), []enginetest.MarkCase{
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
		{Name: "a name like a key word", Script: "CREATE TABLE `table` (`column` INT); ALTER TABLE `table` ADD COLUMN `index` INT", Want: "+table table, +column table.index"},
		{Name: "an umlaut", Script: "CREATE TABLE Körbe (id INT)", Want: "+table körbe"},
		{Name: "an index is named within its table", Script: "CREATE INDEX by_name ON customer (name)", Want: "+column customer.by_name"},
		{Name: "an index goes", Script: "DROP INDEX by_name ON customer", Want: "-column customer.by_name"},
		{Name: "an index added", Script: "ALTER TABLE customer ADD INDEX by_name (name), ADD UNIQUE KEY u (a)", Want: "+column customer.by_name, +column customer.u"},
		{Name: "a key without a name", Script: "ALTER TABLE customer ADD PRIMARY KEY (id), ADD FOREIGN KEY (a) REFERENCES b (id)", Want: ""},
		{Name: "a column with its place", Script: "ALTER TABLE customer ADD COLUMN a INT AFTER name, ADD b ENUM('x,y', 'z') FIRST", Want: "+column customer.a, +column customer.b"},
		{Name: "a column changed", Script: "ALTER TABLE customer CHANGE COLUMN a b INT", Want: "-column customer.a, +column customer.b"},
		{Name: "a column changed under its name", Script: "ALTER TABLE customer CHANGE a A BIGINT", Want: ""},
		{Name: "tables renamed", Script: "RENAME TABLE a TO b, c TO d", Want: "-table a, +table b, -table c, +table d"},
		{Name: "an index renamed", Script: "ALTER TABLE customer RENAME INDEX a TO b", Want: "-column customer.a, +column customer.b"},
		{Name: "a table replaced", Script: "CREATE OR REPLACE TABLE customer (id INT)", Want: "?+table customer"},
		{Name: "a table like another", Script: "CREATE TABLE copied LIKE customer", Want: "+table copied"},
	})
}
