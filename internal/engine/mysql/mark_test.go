package mysql_test

import (
	"testing"

	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/mysql"
)

func TestMarks(t *testing.T) {
	t.Parallel()
	enginetest.RunMarks(t, mysql.New(), []enginetest.MarkCase{
		{
			Name:   "behind a conditional comment, which is not read",
			Script: `CREATE TABLE a (id INT) /*!50100 ENGINE = InnoDB */; CREATE TABLE b (/* c */ id INT)`,
			Want:   "+table b",
		},
		{
			Name:   "a name like a key word",
			Script: "CREATE TABLE `table` (`column` INT); ALTER TABLE `table` ADD COLUMN `index` INT",
			Want:   "+table table, +column table.index",
		},
		{Name: "an umlaut", Script: "CREATE TABLE Körbe (id INT)", Want: "+table körbe"},
		{
			Name: "an index is named within its table", Script: "CREATE INDEX by_name ON customer (name)",
			Want: "+column customer.by_name",
		},
		{Name: "an index goes", Script: "DROP INDEX by_name ON customer", Want: "-column customer.by_name"},
		{
			Name:   "an index added",
			Script: "ALTER TABLE customer ADD INDEX by_name (name), ADD UNIQUE KEY u (a)",
			Want:   "+column customer.by_name, +column customer.u",
		},
		{
			Name:   "a key without a name",
			Script: "ALTER TABLE customer ADD PRIMARY KEY (id), ADD FOREIGN KEY (a) REFERENCES b (id)", Want: "",
		},
		{
			Name:   "a column with its place",
			Script: "ALTER TABLE customer ADD COLUMN a INT AFTER name, ADD b ENUM('x,y', 'z') FIRST",
			Want:   "+column customer.a, +column customer.b",
		},
		{
			Name: "a column changed", Script: "ALTER TABLE customer CHANGE COLUMN a b INT",
			Want: "-column customer.a, +column customer.b",
		},
		{Name: "a column changed under its name", Script: "ALTER TABLE customer CHANGE a A BIGINT", Want: ""},
		{
			Name: "tables renamed", Script: "RENAME TABLE a TO b, c TO d",
			Want: "-table a, +table b, -table c, +table d",
		},
		{
			Name: "an index renamed", Script: "ALTER TABLE customer RENAME INDEX a TO b",
			Want: "-column customer.a, +column customer.b",
		},
		{
			Name: "a table replaced", Script: "CREATE OR REPLACE TABLE customer (id INT)",
			Want: "?+table customer",
		},
		{Name: "a table like another", Script: "CREATE TABLE copied LIKE customer", Want: "+table copied"},
	})
}
