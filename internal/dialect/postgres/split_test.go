package postgres_test

import (
	"testing"

	"towpath/internal/dialect/dialecttest"
	"towpath/internal/dialect/postgres"
)

var splits = []dialecttest.Case{
	{
		Name: "dollar quotes", Script: "SELECT $$a;b$$; SELECT $x$ $$;$y$; $x$; SELECT $1",
		Want: []string{"1:1 SELECT", "1:17 SELECT", "1:41 SELECT"},
	},
	{
		Name: "a dollar inside a name opens nothing", Script: "SELECT a$b$ FROM c; SELECT 2",
		Want: []string{"1:1 SELECT", "1:21 SELECT"},
	},
	{
		Name: "comments nest", Script: "/* a /* b; */ c; */ SELECT 1; SELECT /* ; /* */ ; */ 2",
		Want: []string{"1:21 SELECT", "1:31 SELECT"},
	},
	{
		Name:   "backslashes escape in E strings only",
		Script: `SELECT E'a\';b'; SELECT 'a\'; SELECT e'\\'; SELECT 4`,
		Want:   []string{"1:1 SELECT", "1:18 SELECT", "1:31 SELECT", "1:45 SELECT"},
	},
	{
		Name:   "a body written as SQL",
		Script: "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END; SELECT 2",
		Want:   []string{"1:1 CREATE FUNCTION", "1:108 SELECT"},
	},
	{
		Name:   "a rule with two actions",
		Script: "CREATE OR REPLACE RULE r AS ON INSERT TO a DO (DELETE FROM b; DELETE FROM c); SELECT 1",
		Want:   []string{"1:1 CREATE RULE", "1:79 SELECT"},
	},
	{
		Name: "a DO block", Script: "DO $do$ BEGIN PERFORM 1; END $do$; SELECT 1",
		Want: []string{"1:1 DO", "1:36 SELECT"},
	},
	{
		Name: "statements that commit by themselves", Script: `CREATE UNIQUE INDEX CONCURRENTLY a ON b (c); CREATE INDEX a ON b (c);
DROP INDEX CONCURRENTLY a; REFRESH MATERIALIZED VIEW CONCURRENTLY m;
VACUUM (ANALYZE) a; REINDEX INDEX CONCURRENTLY i; REINDEX TABLE t; CLUSTER; CLUSTER a;
ALTER TABLE a DETACH PARTITION b CONCURRENTLY; REINDEX SCHEMA s`,
		Want: []string{
			"1:1 CREATE INDEX notx", "1:46 CREATE INDEX", "2:1 DROP INDEX notx", "2:28 REFRESH",
			"3:1 VACUUM notx",
			"3:21 REINDEX notx", "3:51 REINDEX", "3:68 CLUSTER notx", "3:77 CLUSTER", "4:1 ALTER TABLE notx",
			"4:48 REINDEX notx",
		},
	},
	{
		Name:   "harmless settings",
		Script: "SET search_path = a; SET LOCAL work_mem = '1MB'; RESET timezone; SET CONSTRAINTS ALL DEFERRED; SELECT set_config('search_path', '', false)",
		Want:   []string{"1:1 SET", "1:22 SET", "1:50 RESET", "1:66 SET", "1:96 SELECT"},
	},
	{
		Name:   "kinds of objects",
		Script: "CREATE MATERIALIZED VIEW m AS SELECT 1; CREATE UNLOGGED TABLE a (b int); CREATE OR REPLACE PROCEDURE p() AS ''; ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO x",
		Want: []string{
			"1:1 CREATE MATERIALIZED VIEW", "1:41 CREATE TABLE", "1:74 CREATE PROCEDURE",
			"1:113 ALTER DEFAULT",
		},
	},
	{
		Name:   "colons that are SQL",
		Script: "SELECT a[1:2], b[lo:hi], c::text, d :: int, e[:3], f(x:=1, y := 2), 'a:b', \"c:d\"; SELECT JSON_OBJECT('a':b, 'c': 1); SELECT g[h[1]:i]",
		Want:   []string{"1:1 SELECT", "1:83 SELECT", "1:118 SELECT"},
	},
	{
		Name:   "names that look like commands",
		Script: `CREATE TABLE "begin" (commit int); INSERT INTO a VALUES ('\copy')`,
		Want:   []string{"1:1 CREATE TABLE", "1:36 INSERT"},
	},
}

var refused = []dialecttest.Refuse{
	{Script: "SELECT 1;\n BEGIN;", At: "2:2", Word: "BEGIN"},
	{Script: "start /* */ transaction", At: "1:1", Word: "START"},
	{Script: "COMMIT AND CHAIN", At: "1:1", Word: "COMMIT"},
	{Script: "COMMIT PREPARED 'x'", At: "1:1", Word: "COMMIT"},
	{Script: "END", At: "1:1", Word: "END"},
	{Script: "ABORT", At: "1:1", Word: "ABORT"},
	{Script: "ROLLBACK TO a", At: "1:1", Word: "ROLLBACK"},
	{Script: "SAVEPOINT a", At: "1:1", Word: "SAVEPOINT"},
	{Script: "PREPARE TRANSACTION 'x'", At: "1:1", Word: "PREPARE"},
	{Script: "COPY a FROM stdin;\n1\n\\.\n", At: "1:1", Word: "COPY"},
	{Script: "COPY a FROM PROGRAM 'id'", At: "1:1", Word: "COPY"},
	{Script: "SELECT 1;\n\\connect other", At: "2:1", Word: "psql"},
	{Script: "INSERT INTO a VALUES (1, :owner)", At: "1:26", Word: ":owner is a psql variable"},
	{Script: "CREATE TABLE :\"schema\".a (b int)", At: "1:14", Word: "psql"},
	{Script: "UPDATE a SET b = c::text || :'größe' WHERE d[1:2] = e", At: "1:29", Word: "psql"},
	{Script: "SELECT * FROM :schema.a", At: "1:15", Word: "psql"},
	{Script: "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT 1; COMMIT", At: "1:1", Word: "one plain pair"},
	{Script: "START TRANSACTION READ ONLY", At: "1:1", Word: "one plain pair"},
	{Script: "SELECT 1 \\gexec", At: "1:10", Word: "psql"},
	{Script: "SET lock_timeout = '1h'", At: "1:5", Word: "lock-timeout"},
	{Script: "SET LOCAL \"statement_timeout\" TO 0", At: "1:11", Word: "STATEMENT_TIMEOUT"},
	{Script: "SET SESSION AUTHORIZATION postgres", At: "1:13", Word: "AUTHORIZATION"},
	{Script: "SET ROLE postgres", At: "1:5", Word: "ROLE"},
	{Script: "RESET ROLE", At: "1:7", Word: "ROLE"},
	{Script: "SELECT 1;\n SET", At: "2:2", Word: "name of a setting"},
	{Script: "RESET ALL", At: "1:7", Word: "ALL"},
	{Script: "SET standard_conforming_strings = off", At: "1:5", Word: "STANDARD"},
	{Script: "SET TRANSACTION READ ONLY", At: "1:5", Word: "TRANSACTION"},
	{Script: "SELECT pg_catalog.set_config('lock_timeout', '0', false)", At: "1:30", Word: "set_config"},
	{Script: "SELECT set_config(name, '0', false) FROM x", At: "1:19", Word: "set_config"},
	{Script: "DISCARD ALL", At: "1:1", Word: "DISCARD"},
	{Script: "LOAD 'x'", At: "1:1", Word: "LOAD"},
	{Script: "SELECT pg_read_file('/etc/passwd')", At: "1:8", Word: "pg_read_file"},
	{Script: "DELETE FROM towpath.\"towpath_ledger\"", At: "1:21", Word: "towpath_ledger"},
	{Script: "SELECT $a$ no end", At: "1:8", Word: "never closed"},
	{Script: "SELECT 1 /* /* */", At: "1:10", Word: "never closed"},
	{Script: "SELECT E'a\\'", At: "1:8", Word: "never closed"},
}

func fixture() dialecttest.Fixture {
	return dialecttest.Fixture{
		Cut:            postgres.Split,
		Splits:         splits,
		Refused:        refused,
		OwnTransaction: [2]string{"start\ttransaction", "END TRANSACTION"},
		Corpus:         "../../engine/postgres/testdata/schemas/*.sql",
	}
}

func TestDialect(t *testing.T) {
	t.Parallel()
	dialecttest.Run(t, fixture())
}

func FuzzSplit(f *testing.F) { dialecttest.Fuzz(f, fixture()) }
