package crashtest

import (
	"towpath"
)

// kind is a file of one kind of statements.
type kind struct {
	name          string
	script        string
	check         string // a query for the data at the end; "" compares the schema only
	indeterminate bool   // the catalog cannot decide, by the ADR
	many          int    // visits of the places within statements; 0 is 1
}

// setups make the tables that the kinds change.
func setups() map[towpath.EngineType][]string {
	return map[towpath.EngineType][]string{
		towpath.EngineSQLite: {
			"CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, qty INTEGER)",
			"CREATE TABLE log (n INTEGER)", "CREATE TABLE old (id INTEGER)",
			"INSERT INTO item WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000) SELECT i, 'item ' || i, i % 100 FROM n",
		},
		towpath.EnginePostgres: {
			"CREATE TABLE item (id int PRIMARY KEY, name text, qty int)", "CREATE TABLE log (n int)",
			"CREATE TABLE old (id int)", "CREATE INDEX item_old ON item (name)",
			"INSERT INTO item SELECT i, 'item ' || i, i % 100 FROM generate_series(1, 20000) i",
			"CREATE PROCEDURE twice() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (1); COMMIT; INSERT INTO log VALUES (2); END $$",
		},
		towpath.EngineMySQL: {
			"CREATE TABLE item (id INT PRIMARY KEY, name VARCHAR(40), qty INT)", "CREATE TABLE log (n INT)",
			"CREATE TABLE old (id INT)",
			// MySQL has no sequences, and bounds the depth of a recursion.
			"INSERT INTO item SELECT n, CONCAT('item ', n), n % 100 FROM (SELECT ROW_NUMBER() OVER () AS n FROM information_schema.collations a, information_schema.collations b LIMIT 20000) AS s",
			"CREATE PROCEDURE twice() BEGIN INSERT INTO log VALUES (1); COMMIT; INSERT INTO log VALUES (2); END",
		},
	}
}

const (
	items = "SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(qty), 0)) FROM item"
	logs  = "SELECT CONCAT(COUNT(*), ' ', COALESCE(SUM(n), 0)) FROM log"
)

// everywhere returns the kinds that all engines have.
func everywhere() []kind {
	return []kind{
		{name: "CREATE TABLE", script: "CREATE TABLE fresh (id INT PRIMARY KEY, note VARCHAR(20));"},
		{name: "ALTER TABLE", script: "ALTER TABLE item ADD COLUMN extra INT;"},
		{name: "DROP TABLE", script: "DROP TABLE old;"},
		{name: "CREATE INDEX", script: "CREATE INDEX item_qty ON item (qty, name);"},
		{name: "CREATE VIEW", script: "CREATE VIEW few AS SELECT id FROM item WHERE qty < 3;"},
		{name: "INSERT, large", script: "INSERT INTO log SELECT qty FROM item;", check: logs},
		{name: "UPDATE, large", script: "UPDATE item SET qty = qty + 1;", check: items},
		{name: "DELETE, large", script: "DELETE FROM item WHERE qty < 50;", check: items},
		{name: "mixed file", many: 5, check: logs, script: `CREATE TABLE fresh (id INT);
INSERT INTO log VALUES (1);
ALTER TABLE item ADD COLUMN extra INT;
INSERT INTO log SELECT qty FROM item;
CREATE INDEX item_qty ON item (qty);`},
	}
}

// kinds returns the kinds of one engine.
func kinds(e towpath.EngineType) []kind {
	switch e {
	case towpath.EnginePostgres:
		return append(everywhere(), []kind{
			{
				name:   "multi-ALTER",
				script: "ALTER TABLE item ADD COLUMN a INT DEFAULT 1, DROP COLUMN name, ALTER COLUMN qty TYPE bigint;",
			},
			{
				name:   "CREATE TRIGGER",
				script: "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;\nCREATE TRIGGER t BEFORE INSERT ON log FOR EACH ROW EXECUTE FUNCTION f();",
			},
			{
				name:   "CREATE PROCEDURE",
				script: "CREATE PROCEDURE p() LANGUAGE sql AS 'INSERT INTO log VALUES (1)';",
			},
			{
				name:   "ALTER TYPE ADD VALUE",
				script: "CREATE TYPE mood AS ENUM ('a');\nALTER TYPE mood ADD VALUE 'b';",
			},
			{
				name:   "CREATE INDEX CONCURRENTLY",
				script: "CREATE INDEX CONCURRENTLY item_qty ON item (qty, name);",
			},
			{name: "CREATE INDEX CONCURRENTLY, unnamed", script: "CREATE INDEX CONCURRENTLY ON item (qty);"},
			{name: "DROP INDEX CONCURRENTLY", script: "DROP INDEX CONCURRENTLY item_old;"},
			{name: "REINDEX CONCURRENTLY", script: "REINDEX INDEX CONCURRENTLY item_old;"},
			{name: "REINDEX TABLE CONCURRENTLY", script: "REINDEX (VERBOSE) TABLE CONCURRENTLY item;"},
			{name: "VACUUM", script: "VACUUM item;"},
			{
				name: "CALL, no-transaction", script: "-- towpath: no-transaction\nCALL twice();", check: logs,
				indeterminate: true,
			},
			{name: "mixed file, CONCURRENTLY", many: 4, check: logs, script: `INSERT INTO log SELECT qty FROM item;
CREATE INDEX CONCURRENTLY item_qty ON item (qty);
INSERT INTO log VALUES (7);
CREATE INDEX CONCURRENTLY item_name ON item (name);`},
		}...)
	case towpath.EngineMySQL:
		return append(everywhere(), []kind{
			{
				name:   "multi-ALTER",
				script: "ALTER TABLE item ADD COLUMN a INT DEFAULT 1, DROP COLUMN name, MODIFY qty BIGINT, ADD KEY by_a (a), ALGORITHM=COPY;",
			},
			{
				name:   "CREATE TRIGGER",
				script: "CREATE TRIGGER t BEFORE INSERT ON log FOR EACH ROW SET NEW.n = NEW.n + 1;",
			},
			{name: "CREATE PROCEDURE", script: "CREATE PROCEDURE p() BEGIN INSERT INTO log VALUES (1); END;"},
			{name: "RENAME TABLE", script: "RENAME TABLE old TO older;"},
			{name: "DROP INDEX", script: "CREATE INDEX x ON item (qty);\nDROP INDEX x ON item;", many: 2},
			{
				name: "CREATE TABLE … SELECT", script: "CREATE TABLE copied AS SELECT * FROM item;",
				indeterminate: true,
			},
			{name: "TRUNCATE", script: "TRUNCATE TABLE item;", check: items, indeterminate: true},
			{name: "CALL", script: "CALL twice();", check: logs, indeterminate: true},
		}...)
	}
	return append(everywhere(), []kind{
		{name: "CREATE TRIGGER", script: "CREATE TRIGGER t AFTER INSERT ON log BEGIN DELETE FROM old; END;"},
		{name: "table rebuild", many: 4, check: items, script: `CREATE TABLE item2 (id INTEGER PRIMARY KEY, name TEXT, qty INTEGER NOT NULL);
INSERT INTO item2 SELECT id, name, qty FROM item;
DROP TABLE item;
ALTER TABLE item2 RENAME TO item;`},
	}...)
}
