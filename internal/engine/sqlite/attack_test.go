package sqlite_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
	"towpath/internal/statement"
)

// attack is a statement of a committer without other rights, and the place where it is refused
// before anything runs: "" for what only the database can detect, which the session refuses.
type attack struct{ script, at string }

var attacks = []attack{
	// Other files.
	{"ATTACH DATABASE 'billing.db' AS b", "1:1"},
	{"/* a */ attach\n':memory:' AS m", "1:9"},
	{"EXPLAIN QUERY PLAN ATTACH 'x' AS x", "1:20"},
	{"DETACH DATABASE main", "1:1"},
	{"VACUUM", "1:1"},
	{"VACUUM main INTO 'stolen.db'", "1:1"},
	{"EXPLAIN VACUUM INTO 'stolen.db'", "1:9"},
	{"SELECT load_extension('x.so')", "1:8"},
	{"SELECT `load_extension` -- a\n('x.so', 'f')", "1:8"},
	{"CREATE TABLE a (b DEFAULT (load_extension('x')))", "1:28"},
	{"SELECT readfile('/etc/passwd')", "1:8"},
	{"INSERT INTO t VALUES (1), (writefile('loot', 'x'))", "1:28"},
	{"SELECT edit('x', 'vi')", "1:8"},
	{"SELECT * FROM fsdir('/')", "1:15"},
	{"SELECT fts3_tokenizer('x', x'00')", "1:8"},
	{"SELECT sqlite_log(1, 'x')", "1:8"},
	{"CREATE VIRTUAL TABLE c USING csv(filename='/etc/passwd')", "1:30"},
	{"CREATE VIRTUAL TABLE IF NOT EXISTS temp.c USING \"zipfile\"('x.zip')", "1:49"},
	{"CREATE VIRTUAL TABLE d USING dbstat", "1:30"},
	{"CREATE VIRTUAL TABLE d USING sqlite_dbpage", "1:30"},
	{"CREATE VIRTUAL TABLE d USING pragma_module_list", "1:30"},
	{"CREATE VIRTUAL TABLE d", "1:1"},

	// What lies below the tables.
	{"SELECT data FROM sqlite_dbpage", "1:18"},
	{"SELECT data FROM main.[sqlite_dbpage] WHERE pgno = 1", "1:23"},
	{"UPDATE sqlite_dbpage SET data = zeroblob(4096)", "1:8"},
	{"SELECT * FROM a JOIN 'dbstat'", "1:22"},
	{"SELECT * FROM a, dbstat", ""},
	{"SELECT * FROM a, sqlite_dbpage", ""},
	{"UPDATE main.sqlite_master SET sql = ''", "1:13"},
	{"UPDATE OR IGNORE 'sqlite_schema' SET sql = ''", "1:18"},
	{"INSERT INTO \"sqlite_master\" VALUES ('table', 'x', 'x', 2, '')", "1:13"},
	{"INSERT INTO sqlite_temp_master VALUES (1)", "1:13"},
	{"DELETE FROM [SQLITE_SCHEMA]", "1:13"},
	{"WITH a AS (SELECT 1) DELETE FROM sqlite_master", "1:34"},
	{"REPLACE INTO sqlite_schema (sql) VALUES ('')", "1:14"},
	{"DROP TABLE sqlite_sequence", ""},
	{"ALTER TABLE sqlite_master ADD COLUMN x", "1:13"},
	{"CREATE TRIGGER x AFTER INSERT ON sqlite_master BEGIN SELECT 1; END", ""},
	{"INSERT INTO f_data VALUES (1, x'00')", ""},
	{"DELETE FROM f_config", ""},
	{"DROP TABLE f_content", ""},
	{"CREATE TABLE sqlite_mine (a)", "1:14"},

	// Pragmas.
	{"PRAGMA writable_schema = ON", "1:8"},
	{"PRAGMA main.writable_schema(1)", "1:13"},
	{"PRAGMA/**/temp/**/./**/`writable_schema`=reset", "1:24"},
	{"PRAGMA 'journal_mode' = OFF", "1:8"},
	{"PRAGMA main.synchronous = OFF", "1:13"},
	{"PRAGMA locking_mode = EXCLUSIVE", "1:8"},
	{"PRAGMA temp_store_directory = '/tmp'", "1:8"},
	{"PRAGMA mmap_size = 99999999999", "1:8"},
	{"PRAGMA cache_size = -99999999", "1:8"},
	{"PRAGMA trusted_schema = 1", "1:8"},
	{"PRAGMA query_only = 1", "1:8"},
	{"PRAGMA max_page_count = 1", "1:8"},
	{"PRAGMA wal_checkpoint(TRUNCATE)", "1:8"},
	{"PRAGMA hard_heap_limit = 1", "1:8"},
	{"PRAGMA soft_heap_limit(1)", "1:8"},
	{"PRAGMA ignore_check_constraints = 1", "1:8"},
	{"PRAGMA schema_version = 1", "1:8"},
	{"PRAGMA data_version", "1:8"},
	{"PRAGMA database_list", "1:8"},
	{"PRAGMA module_list", "1:8"},
	{"PRAGMA billing.user_version = 1", "1:8"},
	{"PRAGMA main", "1:8"},
	{"PRAGMA temp;", "1:8"},
	{"PRAGMA", "1:1"},
	{"PRAGMA case_sensitive_like = 1", "1:8"},
	{"PRAGMA key = 'x'", "1:8"},
	{"EXPLAIN PRAGMA journal_mode", "1:16"},
	{"SELECT * FROM pragma_database_list", "1:15"},
	{"SELECT * FROM main.pragma_journal_mode('off')", "1:20"},
	{"SELECT * FROM a LEFT JOIN \"pragma_writable_schema\"", "1:27"},
	{"SELECT (SELECT file FROM pragma_database_list)", "1:26"},
	{"SELECT * FROM a, pragma_database_list", ""},
	{"CREATE VIEW v AS SELECT * FROM pragma_compile_options", "1:32"},

	// Transactions.
	{"SELECT 1;\n COMMIT", "2:2"},
	{"SAVEPOINT \"a\"", "1:1"},
	{"RELEASE SAVEPOINT a", "1:1"},
	{"ROLLBACK TO a", "1:1"},
	{"EXPLAIN COMMIT", "1:9"},
	{"END", "1:1"},
	{"INSERT INTO a VALUES (1); END TRANSACTION; SELECT 1", "1:27"},
	{"CREATE TABLE trigger_ (a); COMMIT; --END;", "1:28"},
	{"CREATE TRIGGER x AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; END; COMMIT; --", "1:78"},
	{"CREATE TRIGGER x AFTER INSERT ON a BEGIN SELECT ';END;', \"END\"; END; ATTACH 'x' AS x", "1:70"},
	{"CREATE TRIGGER x AFTER INSERT ON a BEGIN SELECT 1; /* ; END; */ END; ROLLBACK", "1:70"},
	{"CREATE TRIGGER x AFTER INSERT ON a BEGIN SELECT 1; END; EXPLAIN CREATE TRIGGER y AFTER INSERT ON a " +
		"BEGIN SELECT 1; END; COMMIT", "1:121"},

	// Statements that are none, and words that hide.
	{"\"SELECT\" 1", "1:1"},
	{"'ATTACH' 'x' AS x", "1:1"},
	{"AT/**/TACH 'x' AS x", "1:1"},
	{"ſELECT 1", "1:1"},
	{"\v ATTACH 'x' AS x", "1:1"},
	{" \vATTACH 'x' AS x", "1:3"},
	{"(SELECT 1)", "1:1"},
	{"EXPLAIN", "1:1"},
	{"EXPLAIN EXPLAIN SELECT 1", "1:9"},
	{"EXPLAIN PLAN SELECT 1", "1:9"},
	{"QUERY PLAN SELECT 1", "1:1"},
	{"CALL x()", "1:1"},
	{"SET x = 1", "1:1"},
	{"GRANT ALL ON a TO b", "1:1"},
	{"TRUNCATE TABLE a", "1:1"},
	{"CREATE DATABASE x", "1:1"},
	{"CREATE FUNCTION f() RETURNS int", "1:1"},
	{"CREATE UNIQUE TABLE a (b)", ""},
	{"ALTER DATABASE x", "1:1"},
	{"ALTER INDEX i RENAME TO j", "1:1"},
	{"DROP DATABASE x", "1:1"},
	{"DROP", "1:1"},
	{"CREATE", "1:1"},
	{"\ufeffATTACH 'x' AS x", "1:1"},
	{"SELECT 1;\ufeffATTACH 'x' AS x", "1:11"},

	// Texts that end elsewhere than they seem to.
	{"SELECT $a('); ATTACH 'x' AS x --')", "1:8"},
	{"SELECT $a(;); COMMIT", "1:8"},
	{"SELECT @a(\"), :b, #c; COMMIT --\"", "1:8"},
	{"SELECT $a::b(/*); COMMIT --*/", "1:8"},
	{"SELECT ?1", "1:8"},
	{"SELECT '\\'; ATTACH 'x' AS x; --'", "1:13"},
	{"SELECT \"a\\\"; ATTACH 'x' AS x; --\"", "1:14"},
	{"SELECT [a]]; ATTACH 'x' AS x; --]", "1:14"},
	{"SELECT 1 /*/ ; ATTACH 'x' AS x /*/; COMMIT", "1:37"},
	{"SELECT 1 --\r; COMMIT\n; COMMIT", "1:12"},
	{"SELECT 1 # COMMIT", "1:10"},
	{"SELECT x'00'''; COMMIT", "1:17"},
	{"SELECT 1 /* /* */; COMMIT -- */", "1:20"},
	{".shell id", "1:1"},
	{"SELECT 1;\n.load x.so", "2:1"},

	// The ledger.
	{"INSERT INTO 'towpath_ledger' DEFAULT VALUES", "1:13"},
	{"DELETE FROM main.'towpath_ledger'", "1:18"},
	{"UPDATE OR REPLACE 'towpath_ledger' SET state = 'done'", "1:19"},
	{"DROP TABLE IF EXISTS 'towpath_ledger'", "1:22"},
	{"CREATE TABLE 'towpath_ledger' (a)", "1:14"},
	{"CREATE VIEW temp.\"towpath_ledger\" AS SELECT 1", "1:18"},
	{"CREATE TEMP TRIGGER x AFTER INSERT ON main.'towpath_ledger' BEGIN SELECT 1; END", "1:44"},
	{"CREATE TEMP TRIGGER x AFTER INSERT ON a BEGIN DELETE FROM `towpath_ledger`; END", "1:59"},
	{"CREATE INDEX 'i' ON 'towpath_ledger' (state)", "1:21"},
	{"CREATE VIRTUAL TABLE f2 USING fts5(state, content='towpath_ledger')", "1:51"},
	{"CREATE VIRTUAL TABLE f2 USING fts5(state, content=towpath_ledger)", "1:51"},
	{"SELECT 1 IN 'towpath_ledger'", "1:13"},
	{"SELECT * FROM a, 'towpath_ledger'", ""},
	{"ANALYZE 'towpath_ledger'", "1:9"},
	{"ALTER TABLE a RENAME TO \"TOWPATH_ledger\"", "1:25"},

	// More than there is memory or time for.
	{"WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n", ""},
	{"WITH RECURSIVE n(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM n) SELECT max(s) FROM n", ""},
	{"SELECT zeroblob(999999999)", ""},
	{"SELECT printf('%*d', 999999999, 1)", ""},
	{"SELECT fts5(1)", ""},
	{"SELECT sqlite_offset(id) FROM a", ""},
	{"SELECT sqlite_rename_table(1)", ""},
}

// idle are those that do nothing by themselves: the guard refuses their use.
var idle = []string{
	"EXPLAIN VACUUM INTO 'stolen.db'", "PRAGMA data_version", "ANALYZE 'towpath_ledger'",
	"CREATE VIEW v AS SELECT * FROM pragma_compile_options",
	"CREATE TEMP TRIGGER x AFTER INSERT ON a BEGIN DELETE FROM `towpath_ledger`; END",
	"CREATE VIRTUAL TABLE f2 USING fts5(state, content='towpath_ledger')",
	"CREATE VIRTUAL TABLE f2 USING fts5(state, content=towpath_ledger)",
}

func TestSplit_attacksAreRefused(t *testing.T) {
	t.Parallel()
	for _, a := range attacks {
		var first *statement.Error
		for _, err := range sqlite.New(sqlite.Config{}).Split(strings.NewReader(a.script)) {
			if errors.As(err, &first) {
				break
			}
		}
		switch {
		case first == nil && a.at != "":
			t.Errorf("%q is not refused", a.script)
		case first != nil && first.Pos.String() != a.at:
			t.Errorf("%q is refused with %v, want it at %q", a.script, first, a.at)
		}
	}
	t.Logf("%d tried", len(attacks))
}

// Each attack meets the session alone, as if Split had let it pass.
func TestGuard_stopsEachAttack(t *testing.T) {
	t.Parallel()
	for _, a := range attacks {
		t.Run(a.script, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			e, target := sqlite.New(sqlite.Config{Root: root}), engine.Target{Address: ".", Database: "shop"}
			if err := e.Create(t.Context(), target); err != nil {
				t.Fatal(err)
			}
			prepare(t, e, target)
			made := begin(t, e, target)
			if err := errors.Join(run(t, made, "CREATE VIRTUAL TABLE f USING fts5(x)"),
				made.Close()); err != nil {
				t.Fatal(err)
			}
			s := begin(t, e, target)
			var refused *engine.Error
			_, err := s.Exec(t.Context(), statement.Statement{Text: a.script})
			if errors.As(err, &refused) == slices.Contains(idle, a.script) {
				t.Errorf("error is %v", err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if files, err := filepath.Glob(filepath.Join(root, "*")); err != nil ||
				strings.Join(files, " ") != filepath.Join(root, "shop.db") {
				t.Errorf("files beside the database: %q, %v", files, err)
			}
			state(t, e, target)
		})
	}
}
