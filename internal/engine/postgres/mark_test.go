package postgres_test

import (
	"testing"

	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/postgres"
)

func TestMarks(t *testing.T) {
	t.Parallel()
	enginetest.RunMarks(t, postgres.New(), []enginetest.MarkCase{
		{
			Name:   "a name like a key word",
			Script: `CREATE TABLE "table" ("column" INT); ALTER TABLE "table" ADD COLUMN "index" INT`,
			Want:   "+table table, +column table.index",
		},
		{Name: "an umlaut", Script: `CREATE TABLE "Körbe" (id INT)`, Want: "+table Körbe"},
		{
			Name: "blanks, and a name like a statement", Script: `CREATE TABLE "drop table x" (id INT)`,
			Want: "+table drop table x",
		},
		{Name: "an index", Script: `CREATE UNIQUE INDEX by_name ON customer (name)`, Want: "+index by_name"},
		{Name: "an index goes", Script: `DROP INDEX IF EXISTS by_name`, Want: "?-index by_name"},
		{
			Name:   "bare names are lower case",
			Script: `CREATE TABLE Customer (id INT); CREATE TABLE "Customer" (id INT)`,
			Want:   "+table customer, +table Customer",
		},
		{Name: "the schema public", Script: `CREATE TABLE public.customer (id INT)`, Want: "+table customer"},
		{
			Name:   "another schema",
			Script: `CREATE TABLE sales.customer (id INT); ALTER TABLE sales.customer ADD COLUMN x INT`,
			Want:   "+table sales.customer, +column sales.customer.x",
		},
		{
			Name:   "an index beside running work",
			Script: `CREATE INDEX CONCURRENTLY IF NOT EXISTS by_name ON customer (name)`,
			Want:   "?+index by_name",
		},
		{
			Name: "a table of a schema renamed", Script: `ALTER TABLE sales.a RENAME TO "B c"`,
			Want: "-table sales.a, +table sales.B c",
		},
		{
			Name: "an index of a schema goes", Script: `CREATE INDEX i ON sales.a (x); DROP INDEX sales.i`,
			Want: "+index i, -index i",
		},
		{
			Name:   "a schema that is set",
			Script: `SET search_path TO sales, public; CREATE TABLE customer (id INT); ALTER TABLE public.a ADD COLUMN x INT; SET search_path = DEFAULT; CREATE TABLE b (id INT)`,
			Want:   "+table sales.customer, +column a.x, +table b",
		},
		{
			Name:   "a schema in quotes that is set",
			Script: `SET LOCAL search_path = "Größe"; ALTER TABLE customer ADD COLUMN x INT; CREATE INDEX i ON customer (x)`, Want: "+column Größe.customer.x, +index i",
		},
		{
			Name:   "a path that is not known",
			Script: `SET search_path = '$user'; CREATE TABLE customer (id INT)`, Want: "",
		},
		{Name: "an index that the server names", Script: `CREATE INDEX ON customer (name)`, Want: ""},
		{
			Name: "two in one statement", Script: `ALTER TABLE customer ADD COLUMN a INT, DROP COLUMN b`,
			Want: "+column customer.a, -column customer.b",
		},
		{
			Name: "a comma within a type", Script: `ALTER TABLE customer ADD COLUMN a NUMERIC(5, 2), ADD b INT`,
			Want: "+column customer.a, +column customer.b",
		},
		{
			Name:   "a column where it is missing",
			Script: `ALTER TABLE ONLY customer ADD COLUMN IF NOT EXISTS a INT`, Want: "?+column customer.a",
		},
		{
			Name:   "a constraint is no column",
			Script: `ALTER TABLE customer ADD CONSTRAINT c UNIQUE (name), ADD PRIMARY KEY (id)`, Want: "",
		},
		{
			Name:   "columns named like clauses",
			Script: `ALTER TABLE a ADD "check" INT, ADD "primary" INT, DROP "constraint"`,
			Want:   "+column a.check, +column a.primary, -column a.constraint",
		},
		{
			Name: "a table named like a condition", Script: `ALTER TABLE "if" ADD COLUMN "exists" INT`,
			Want: "+column if.exists",
		},
		{
			Name: "a dot within a name", Script: `CREATE TABLE "a.b" (id INT); CREATE TABLE a.b (id INT)`,
			Want: "+table a.b, +table a.b",
		},
		{
			Name: "a cascade takes more", Script: `DROP TABLE a, b CASCADE`,
			Want: "everything, -table a, -table b",
		},
		{Name: "a schema goes", Script: `DROP SCHEMA sales CASCADE`, Want: "everything"},
		{Name: "a view replaced", Script: `CREATE OR REPLACE VIEW v AS SELECT 1`, Want: "?+table v"},
		{Name: "a materialized view", Script: `CREATE MATERIALIZED VIEW m AS SELECT 1`, Want: "+table m"},
		{Name: "a block says nothing", Script: `DO $$ BEGIN CREATE TABLE hidden (id INT); END $$`, Want: ""},
	})
}
