package crashtest

import (
	"maps"

	"towpath"
)

// forgery is a change to a ledger that the server did not make.
type forgery struct {
	do   string // statements, with ; and a line end between
	want string // in the message about it
	fix  string // what a person does in the database before the ledger can be accepted
}

// forgeries are the same on all engines. LEDGER is replaced by the table, ROW by the columns of a
// copied row.
var forgeries = map[string]forgery{
	"a row is made": {"INSERT INTO LEDGER SELECT '9', type, state, description, path, checksum, " +
		"commit_hash, epoch, server_id, database_id, " +
		"statements_total, statements_done, started_at, finished_at, intent, 99, seal FROM LEDGER WHERE version = '1'", "version 9 (ddl) was changed", ""},
	"a row is made without a seal": {"INSERT INTO LEDGER SELECT '4', type, state, description, path, " +
		"checksum, commit_hash, epoch, server_id, database_id, " +
		"statements_total, statements_done, started_at, finished_at, intent, 0, '' FROM LEDGER WHERE version = '1'", "version 4 (ddl) has no seal", ""},
	"a row is changed": {
		"UPDATE LEDGER SET checksum = 'x' WHERE version = '2'",
		"version 2 (ddl) was changed", "",
	},
	"a row's time is changed": {
		"UPDATE LEDGER SET finished_at = started_at WHERE version = '2'",
		"version 2 (ddl) was changed", "",
	},
	"a row is called failed": {
		"UPDATE LEDGER SET state = 'failed' WHERE version = '3'",
		"version 3 (ddl) was changed", "",
	},
	"a row gets another version": {
		"UPDATE LEDGER SET version = '7' WHERE version = '3'",
		"version 7 (ddl) was changed", "",
	},
	"a row is removed": {
		"DELETE FROM LEDGER WHERE version = '2'",
		"version 2 (ddl) is gone", "",
	},
	"the last row is removed": {
		"DELETE FROM LEDGER WHERE version = '3'",
		"version 3 (ddl) is gone", "",
	},
	"two rows change their numbers": {
		"UPDATE LEDGER SET number = 9 - number WHERE version IN ('1', '3')",
		"version 1 (ddl) was changed", "",
	},
	"two rows change their seals": {"UPDATE LEDGER SET seal = CASE version WHEN '1' THEN (SELECT s FROM " +
		"(SELECT seal AS s FROM LEDGER WHERE version = '2') AS x) ELSE (SELECT s FROM (SELECT seal AS s FROM LEDGER WHERE version = '1') AS y) END WHERE version IN ('1', '2')", "version 1 (ddl) was changed", ""},
	"the seals are taken away": {"UPDATE LEDGER SET seal = '', number = 0;\nDELETE FROM LEDGER WHERE " +
		"type = 'head'", "its seals are gone", ""},
	"the head is removed": {
		"DELETE FROM LEDGER WHERE type = 'head'",
		"the head row, which sums up the others, is gone", "",
	},
	"the head counts less": {"DELETE FROM LEDGER WHERE version = '3';\nUPDATE LEDGER SET " +
		"statements_total = 2 WHERE type = 'head'", "the head row, which sums up the others, was changed", ""},
	"the lease is another's": {
		"UPDATE LEDGER SET epoch = 9223372036854775807 WHERE type = 'lease'",
		"the row of the lease was changed", "",
	},
	"the lease is removed": {
		"DELETE FROM LEDGER WHERE type = 'lease'",
		"the row of the lease is gone", "",
	},
	"the rows are called a copy's": {
		"UPDATE LEDGER SET database_id = 'x' WHERE version IN ('1', '2', '3')",
		"was changed", "",
	},
	"all rows are removed": {"DELETE FROM LEDGER", "it is gone", ""},
	"the table is dropped": {"DROP TABLE LEDGER", "it is gone", ""},
	"a column is renamed": {
		"ALTER TABLE LEDGER RENAME COLUMN checksum TO checksom",
		"no column checksum", "ALTER TABLE LEDGER RENAME COLUMN checksom TO checksum",
	},
	"two columns change their names": {
		"ALTER TABLE LEDGER RENAME COLUMN path TO x;\nALTER TABLE LEDGER " +
			"RENAME COLUMN description TO path;\nALTER TABLE LEDGER RENAME COLUMN x TO description",
		"version 1 (ddl) was changed", "",
	},
	"a column is added": {
		"ALTER TABLE LEDGER ADD COLUMN evil INT", "the column evil",
		"ALTER TABLE LEDGER DROP COLUMN evil",
	},
	"an index is added": {"CREATE INDEX evil ON LEDGER (number)", "evil", "DROP INDEX evil"},
}

// forgeriesOf are the forgeries of one engine.
var forgeriesOf = map[towpath.EngineType]map[string]forgery{
	towpath.EnginePostgres: {
		"a trigger": {
			"CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; " +
				"END';\nCREATE TRIGGER evil BEFORE INSERT OR UPDATE ON LEDGER FOR EACH ROW WHEN (NEW.version = '4') EXECUTE FUNCTION nothing()",
			"the trigger evil", "DROP TRIGGER evil ON LEDGER",
		},
		"a rule": {
			"CREATE RULE evil AS ON INSERT TO LEDGER WHERE NEW.version = '4' DO INSTEAD NOTHING",
			"the rule evil", "DROP RULE evil ON LEDGER",
		},
		"a policy": {
			"CREATE POLICY evil ON LEDGER USING (version <> '3');\nALTER TABLE LEDGER ENABLE ROW " +
				"LEVEL SECURITY;\nALTER TABLE LEDGER FORCE ROW LEVEL SECURITY", "the policy evil",
			"DROP POLICY evil ON LEDGER;\nALTER TABLE LEDGER DISABLE ROW LEVEL SECURITY;\nALTER TABLE LEDGER NO FORCE ROW LEVEL SECURITY",
		}, "a child": {"CREATE TABLE evil () INHERITS (LEDGER)", "the child public.evil", "DROP TABLE evil"},
		"a view in its place": {
			"ALTER TABLE LEDGER RENAME TO hidden;\nCREATE VIEW LEDGER AS SELECT * FROM " +
				"HOME.hidden WHERE version <> '3'", "kind (another)",
			"DROP VIEW LEDGER;\nALTER TABLE HOME.hidden RENAME TO towpath_ledger",
		},
		"a default": {
			"ALTER TABLE LEDGER ALTER COLUMN seal SET DEFAULT 'x'", "the column seal",
			"ALTER TABLE LEDGER ALTER COLUMN seal SET DEFAULT ''",
		},
		"a check": {
			"ALTER TABLE LEDGER ADD CONSTRAINT evil CHECK (version <> '4')",
			"the constraint", "ALTER TABLE LEDGER DROP CONSTRAINT evil",
		},
		"another key": {
			"ALTER TABLE LEDGER DROP CONSTRAINT towpath_ledger_pkey", "no constraint",
			"ALTER TABLE LEDGER ADD PRIMARY KEY (version, type)",
		},
		"a type of a column": {
			"ALTER TABLE LEDGER ALTER COLUMN state TYPE varchar(4)", "the column state",
			"ALTER TABLE LEDGER ALTER COLUMN state TYPE text",
		},
		"a generated column": {
			"ALTER TABLE LEDGER DROP COLUMN intent;\nALTER TABLE LEDGER ADD COLUMN " +
				"intent text NOT NULL GENERATED ALWAYS AS ('') STORED", "the column intent",
			"ALTER TABLE LEDGER DROP COLUMN intent;\nALTER TABLE LEDGER ADD COLUMN intent text NOT NULL DEFAULT ''",
		}, "unlogged": {"ALTER TABLE LEDGER SET UNLOGGED", "kind (another)", "ALTER TABLE LEDGER SET LOGGED"},
		"a key that needs it": {
			"CREATE TABLE evil (v text, t text, FOREIGN KEY (v, t) REFERENCES LEDGER)",
			"the foreign key of public.evil", "DROP TABLE evil",
		},
	},
	towpath.EngineMySQL: {
		"a trigger": {"CREATE TRIGGER evil BEFORE INSERT ON LEDGER FOR EACH ROW SET NEW.state = " +
			"'failed'", "the trigger evil", "DROP TRIGGER evil"},
		"an engine": {
			"ALTER TABLE LEDGER ENGINE = MyISAM", "MyISAM",
			"ALTER TABLE LEDGER ENGINE = InnoDB",
		},
		"a view in its place": {"RENAME TABLE LEDGER TO hidden;\nCREATE VIEW LEDGER AS SELECT * FROM " +
			"hidden WHERE version <> '3'", "kind (VIEW", "DROP VIEW LEDGER;\nRENAME TABLE hidden TO LEDGER"},
		"a default": {
			"ALTER TABLE LEDGER ALTER COLUMN seal SET DEFAULT 'x'", "the column seal",
			"ALTER TABLE LEDGER ALTER COLUMN seal SET DEFAULT ''",
		},
		"a check": {
			"ALTER TABLE LEDGER ADD CONSTRAINT evil CHECK (version <> '4')",
			"the constraint CHECK evil", "ALTER TABLE LEDGER DROP CONSTRAINT evil",
		},
		"another key": {
			"ALTER TABLE LEDGER DROP PRIMARY KEY", "no index PRIMARY",
			"ALTER TABLE LEDGER ADD PRIMARY KEY (version, type)",
		},
		"a type of a column": {
			"ALTER TABLE LEDGER MODIFY state VARCHAR(8) NOT NULL", "the column state",
			"ALTER TABLE LEDGER MODIFY state VARCHAR(20) NOT NULL",
		},
		"a hidden column": {
			"ALTER TABLE LEDGER ADD COLUMN evil INT INVISIBLE", "the column evil",
			"ALTER TABLE LEDGER DROP COLUMN evil",
		},
	},
	towpath.EngineSQLite: {
		"a trigger": {
			"CREATE TRIGGER evil BEFORE INSERT ON LEDGER BEGIN SELECT raise(IGNORE); END",
			"the trigger evil", "DROP TRIGGER evil",
		},
		"a view in its place": {
			"ALTER TABLE LEDGER RENAME TO hidden;\nCREATE VIEW LEDGER AS SELECT * FROM " +
				"hidden WHERE version <> '3'", "kind (view",
			"DROP VIEW LEDGER;\nALTER TABLE hidden RENAME TO LEDGER",
		},
		"a generated column": {
			"ALTER TABLE LEDGER DROP COLUMN intent;\nALTER TABLE LEDGER ADD COLUMN " +
				"intent TEXT NOT NULL AS ('')", "the column intent",
			"ALTER TABLE LEDGER RENAME TO evil;\n" + sqliteLedger("LEDGER", ")") +
				";\nINSERT INTO LEDGER SELECT version, type, state, description, path, checksum, " +
				"commit_hash, epoch, server_id, database_id, statements_total, statements_done, started_at, finished_at, '', number, seal FROM evil",
		},
		"a rule for conflicts": {
			sqliteLedger("other", ", CHECK (version <> '4') ON CONFLICT IGNORE)") +
				";\nINSERT INTO other SELECT * FROM LEDGER;\n" +
				"ALTER TABLE LEDGER RENAME TO kept;\nALTER TABLE other RENAME TO LEDGER", "another definition",
			"DROP TABLE LEDGER;\nALTER TABLE kept RENAME TO LEDGER",
		},
		"two columns change their names": {
			"ALTER TABLE LEDGER RENAME COLUMN path TO x;\nALTER TABLE " +
				"LEDGER RENAME COLUMN description TO path;\n" +
				"ALTER TABLE LEDGER RENAME COLUMN x TO description", "another definition",
			"ALTER TABLE LEDGER RENAME COLUMN path TO x;\nALTER TABLE LEDGER RENAME COLUMN description TO path;\nALTER TABLE LEDGER RENAME COLUMN x TO description",
		},
	},
}

// forgeriesOfMariaDB and forgeriesOfMySQL are the forgeries of one of the two servers.
var (
	forgeriesOfMariaDB = map[string]forgery{
		"Aria": {
			"ALTER TABLE LEDGER ENGINE = Aria", "Aria",
			"ALTER TABLE LEDGER ENGINE = InnoDB",
		},
		"versions of rows": {
			"ALTER TABLE LEDGER ADD SYSTEM VERSIONING", "SYSTEM VERSIONED",
			"ALTER TABLE LEDGER DROP SYSTEM VERSIONING",
		},
	}
	forgeriesOfMySQL = map[string]forgery{
		"an index of an expression": {
			"CREATE INDEX evil ON LEDGER ((number + 1))", "the index evil",
			"DROP INDEX evil",
		},
		"a check that is not enforced": {"ALTER TABLE LEDGER ADD CONSTRAINT evil CHECK (version <> '4') " +
			"NOT ENFORCED", "the constraint CHECK evil", "ALTER TABLE LEDGER DROP CONSTRAINT evil"},
		"parts": {
			"ALTER TABLE LEDGER PARTITION BY KEY (version) PARTITIONS 2",
			"partitioned", "ALTER TABLE LEDGER REMOVE PARTITIONING",
		},
		"a column that the server fills": {"ALTER TABLE LEDGER ADD COLUMN evil INT GENERATED ALWAYS AS " +
			"(number + 1) VIRTUAL", "the column evil", "ALTER TABLE LEDGER DROP COLUMN evil"},
	}
)

// forgeriesOn are all that apply to the servers of these tests.
func forgeriesOn(kind towpath.EngineType) map[string]forgery {
	all := maps.Clone(forgeries)
	maps.Copy(all, forgeriesOf[kind])
	switch {
	case kind != towpath.EngineMySQL:
	case shared.mariadb.MySQL:
		maps.Copy(all, forgeriesOfMySQL)
	default:
		maps.Copy(all, forgeriesOfMariaDB)
	}
	return all
}

// sqliteLedger makes a table like the ledger.
func sqliteLedger(name, end string) string {
	return "CREATE TABLE " + name + ` (
  version TEXT NOT NULL, type TEXT NOT NULL, state TEXT NOT NULL, description TEXT NOT NULL, path TEXT NOT NULL, checksum TEXT NOT NULL,
  commit_hash TEXT NOT NULL, epoch INTEGER NOT NULL, server_id TEXT NOT NULL, database_id TEXT NOT NULL, statements_total INTEGER NOT NULL,
  statements_done INTEGER NOT NULL, started_at INTEGER NOT NULL, finished_at INTEGER, intent TEXT NOT NULL DEFAULT '',
  number INTEGER NOT NULL DEFAULT 0, seal TEXT NOT NULL DEFAULT '', PRIMARY KEY (version, type)` + end
}
