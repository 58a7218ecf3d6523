package sqlite_test

import (
	"strings"
	"testing"

	"towpath/internal/dialect/dialecttest"
	"towpath/internal/dialect/sqlite"
)

var splits = []dialecttest.Case{
	{
		Name:   "a trigger's body is one statement",
		Script: "CREATE TRIGGER a AFTER INSERT ON b BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM c; END; SELECT 1;",
		Want:   []string{"1:1 CREATE TRIGGER", "1:93 SELECT"},
	},
	{
		Name:   "a temporary trigger, with comments",
		Script: "CREATE /* x */ TEMP TRIGGER IF NOT EXISTS a DELETE ON b BEGIN DELETE FROM c; -- END;\nEND\n;\nSELECT 1;",
		Want:   []string{"1:1 CREATE TRIGGER", "4:1 SELECT"},
	},
	{
		Name:   "a table named trigger",
		Script: `CREATE TABLE "trigger" (a); CREATE INDEX trigger_i ON "trigger" (a);`,
		Want:   []string{"1:1 CREATE TABLE", "1:29 CREATE INDEX"},
	},
	{
		Name: "brackets and backticks quote", Script: "SELECT [a;b'c], `d;``e;`; SELECT 2",
		Want: []string{"1:1 SELECT", "1:27 SELECT"},
	},
	{
		Name: "an open block comment ends with the file", Script: "SELECT 1; /* to do; ",
		Want: []string{"1:1 SELECT"},
	},
	{
		Name:   "modifiers are no kind of object",
		Script: "CREATE UNIQUE INDEX a ON b (c); CREATE TEMPORARY VIEW v AS SELECT 1; CREATE VIRTUAL TABLE f USING fts5(a); ALTER TABLE a RENAME TO b; DROP TABLE b",
		Want: []string{
			"1:1 CREATE INDEX", "1:33 CREATE VIEW", "1:70 CREATE TABLE", "1:108 ALTER TABLE",
			"1:135 DROP TABLE",
		},
	},
	{
		Name:   "harmless pragmas",
		Script: "PRAGMA foreign_keys=OFF; PRAGMA main.user_version = 3; PRAGMA \"table_info\"(a)",
		Want:   []string{"1:1 PRAGMA", "1:26 PRAGMA", "1:56 PRAGMA"},
	},
	{
		Name:   "words in quotes are no commands",
		Script: "INSERT INTO a VALUES ('BEGIN; ATTACH'), ('towpath_ledger'); SELECT 'load_extension' (1)",
		Want:   []string{"1:1 INSERT", "1:61 SELECT"},
	},
	{
		Name:   "keywords inside a statement are no commands",
		Script: "ALTER TABLE a RENAME COLUMN begin TO attach; INSERT OR ROLLBACK INTO a VALUES (1)",
		Want:   []string{"1:1 ALTER TABLE", "1:46 INSERT"},
	},
}

var refused = []dialecttest.Refuse{
	{Script: "-- the lines of an old Mac\rSELECT 1;\r", At: "1:27", Word: "carriage return"},
	{Script: "SELECT 1;\n-- a\r\r \n-- b\r\n  --\rSELECT 2", At: "4:5", Word: "carriage return"},
	{Script: "SELECT 1;\n  BEGIN;", At: "2:3", Word: "BEGIN"},
	{Script: "begin immediate", At: "1:1", Word: "BEGIN"},
	{Script: "/* é */ COMMIT", At: "1:9", Word: "COMMIT"},
	{Script: "END TRANSACTION", At: "1:1", Word: "END"},
	{Script: "ROLLBACK", At: "1:1", Word: "ROLLBACK"},
	{Script: "SAVEPOINT a", At: "1:1", Word: "SAVEPOINT"},
	{Script: "RELEASE a", At: "1:1", Word: "RELEASE"},
	{Script: "ATTACH '/tmp/x' AS x", At: "1:1", Word: "ATTACH"},
	{Script: "DETACH main", At: "1:1", Word: "DETACH"},
	{Script: "VACUUM", At: "1:1", Word: "VACUUM"},
	{Script: "VACUUM INTO '/tmp/copy.db'", At: "1:1", Word: "VACUUM"},
	{Script: "EXPLAIN ATTACH 'x' AS x", At: "1:9", Word: "ATTACH"},
	{Script: "EXPLAIN QUERY PLAN PRAGMA writable_schema=1", At: "1:27", Word: "writable_schema"},
	{Script: "PRAGMA writable_schema=ON", At: "1:8", Word: "writable_schema"},
	{Script: "PRAGMA main . 'writable_schema' = 1", At: "1:15", Word: "writable_schema"},
	{Script: "PRAGMA [journal_mode]=OFF", At: "1:8", Word: "journal_mode"},
	{Script: "PRAGMA busy_timeout=999999", At: "1:8", Word: "busy_timeout"},
	{Script: "SELECT load_extension('x.so')", At: "1:8", Word: "load_extension"},
	{Script: "SELECT 1,\n \"LOAD_extension\" /* */ ('x.so')", At: "2:2", Word: "load_extension"},
	{Script: "UPDATE towpath_ledger SET state = 'done'", At: "1:8", Word: "towpath_ledger"},
	{Script: "DROP TABLE main.[Towpath_Ledger]", At: "1:17", Word: "towpath_ledger"},
	{Script: "ALTER TABLE a RENAME TO 'towpath_ledger'", At: "1:25", Word: "towpath_ledger"},
	{Script: ".read other.sql", At: "1:1", Word: "sqlite3 shell"},
	{Script: "SELECT 1; CREATE TRIGGER a AFTER INSERT ON b BEGIN SELECT 1; ", At: "1:11", Word: "END;"},
	{Script: "SELECT [a", At: "1:8", Word: "never closed"},
}

func fixture() dialecttest.Fixture {
	return dialecttest.Fixture{
		Cut:            sqlite.Split,
		Splits:         splits,
		Refused:        refused,
		OwnTransaction: [2]string{"BEGIN IMMEDIATE TRANSACTION", "END TRANSACTION"},
		Corpus:         "../../engine/sqlite/testdata/schemas/*.sql",
	}
}

func TestDialect(t *testing.T) {
	t.Parallel()
	dialecttest.Run(t, fixture())
}

func FuzzSplit(f *testing.F) { dialecttest.Fuzz(f, fixture()) }

func BenchmarkSplit(b *testing.B) {
	script := strings.Repeat("INSERT INTO author (name, age) VALUES ('it''s a name', 42); -- a comment\n",
		10_000)
	b.SetBytes(int64(len(script)))
	for b.Loop() {
		for _, err := range sqlite.Split(strings.NewReader(script)) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
}
