package main

import (
	"strings"
	"testing"
	"time"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

// The ledger's name as a file builds it, so that no check of the text finds it.
const (
	pgName    = "towpath_' || 'ledger.towpath_' || 'ledger"
	mariaName = "'towpath_', 'ledger'"
)

const noTransaction = "-- towpath: no-transaction\n"

// forgingOnPostgres changes the row of version 2 in as many ways as a file has.
func forgingOnPostgres() map[string]string {
	update := "EXECUTE 'UPDATE " + pgName + " SET checksum = ''x'' WHERE version = ''2'''"
	function := "CREATE FUNCTION forge() RETURNS int LANGUAGE plpgsql AS $$ BEGIN " + update +
		"; RETURN 1; END $$;\n"
	trigger := "CREATE TABLE bait (id int);\nCREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS " +
		"$$ BEGIN " + update + "; RETURN NULL; END $$;\n"
	return map[string]string{
		"by its name":                          "UPDATE towpath_ledger.towpath_ledger SET checksum = 'x' WHERE version = '2';",
		"by the search path":                   "SET search_path = towpath_ledger;\nUPDATE towpath_ledger SET checksum = 'x' WHERE version = '2';",
		"in a block":                           "DO $$ BEGIN " + update + "; END $$;",
		"in a block, without a transaction":    noTransaction + "DO $$ BEGIN " + update + "; END $$;",
		"in a function":                        function + "SELECT forge();",
		"in a function, without a transaction": noTransaction + function + "SELECT forge();",
		"in a trigger": trigger +
			"CREATE TRIGGER t AFTER INSERT ON bait FOR EACH ROW EXECUTE FUNCTION forge();\nINSERT INTO bait VALUES (1);",
		"in a trigger that is put off": trigger + "CREATE CONSTRAINT TRIGGER t AFTER INSERT ON " +
			"bait DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION forge();\nINSERT INTO bait VALUES (1);",
		"in a trigger that is put off twice": "CREATE TABLE bait (id int);\nCREATE FUNCTION forge() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN\n" +
			"IF NEW.id < 2 THEN SET CONSTRAINTS ALL DEFERRED; INSERT INTO bait VALUES (NEW.id + 1); RETURN NULL; END IF; " + update + "; RETURN NULL; END $$;\n" +
			"CREATE CONSTRAINT TRIGGER t AFTER INSERT ON bait DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION forge();\nINSERT INTO bait VALUES (1);",
		"by a rule": noTransaction + "DO $$ BEGIN EXECUTE 'CREATE RULE r AS ON UPDATE TO " +
			pgName + " DO INSTEAD NOTHING'; END $$;",
		"by a trigger on the ledger": noTransaction + "CREATE FUNCTION n() RETURNS trigger LANGUAGE " +
			"plpgsql AS 'BEGIN RETURN NULL; END';\nDO $$ BEGIN EXECUTE 'CREATE TRIGGER t BEFORE INSERT ON " +
			pgName + " FOR EACH ROW EXECUTE FUNCTION n()'; END $$;",
		"by a view that is written": noTransaction +
			"DO $$ BEGIN EXECUTE 'CREATE VIEW v AS SELECT * FROM " + pgName +
			"'; END $$;\nUPDATE v SET checksum = 'x' WHERE version = '2';",
		"by a removed row": noTransaction + "DO $$ BEGIN EXECUTE 'DELETE FROM " + pgName +
			" WHERE version = ''2'''; END $$;",
		"by a row that is made": noTransaction + "DO $$ BEGIN EXECUTE 'INSERT INTO " + pgName +
			" SELECT ''9'', type, state, description, path, checksum, commit_hash, epoch, server_id, database_id, statements_total, statements_done, started_at, finished_at, intent, number, seal FROM " + pgName + " WHERE version = ''2'''; END $$;",
		"by row security": noTransaction + "DO $$ BEGIN EXECUTE 'ALTER TABLE " + pgName +
			" ENABLE ROW LEVEL SECURITY'; END $$;",
		"by a table in its place": noTransaction + "DO $$ BEGIN EXECUTE 'ALTER TABLE " + pgName +
			" RENAME TO kept'; EXECUTE 'CREATE TABLE " + pgName +
			" AS SELECT * FROM towpath_' || 'ledger.kept'; END $$;",
		"by a prepared statement": "PREPARE p AS UPDATE towpath_ledger.towpath_ledger SET checksum = 'x' WHERE version = '2';\nEXECUTE p;",
		"by a default of the session": noTransaction + "DO $$ BEGIN EXECUTE 'ALTER TABLE " + pgName +
			" ALTER COLUMN path SET DEFAULT ''x'''; END $$;",
	}
}

func forgingOnMariaDB() map[string]string {
	statement := "SET @s = CONCAT('UPDATE ', " + mariaName +
		", ' SET checksum = ''x'' WHERE version = ''2''');\n"
	prepared := statement + "PREPARE p FROM @s;\nEXECUTE p;"
	return map[string]string{
		"by its name":                "UPDATE towpath_ledger SET checksum = 'x' WHERE version = '2';",
		"by its name in quotes":      "UPDATE `towpath_ledger` AS l SET l.checksum = 'x' WHERE l.version = '2';",
		"by a prepared statement":    prepared,
		"at once":                    statement + "EXECUTE IMMEDIATE @s;",
		"in a procedure":             "CREATE PROCEDURE forge() BEGIN UPDATE towpath_ledger SET checksum = 'x' WHERE version = '2'; END;\nCALL forge();",
		"in a procedure that hides":  "DELIMITER //\nCREATE PROCEDURE forge() BEGIN SET @s = CONCAT('UPDATE ', " + mariaName + ", ' SET checksum = ''x'' WHERE version = ''2'''); PREPARE p FROM @s; EXECUTE p; END//\nDELIMITER ;\nCALL forge();",
		"in a function":              "CREATE FUNCTION forge() RETURNS INT DETERMINISTIC MODIFIES SQL DATA BEGIN UPDATE towpath_ledger SET checksum = 'x' WHERE version = '2'; RETURN 1; END;\nSELECT forge();",
		"in a trigger":               "CREATE TABLE bait (id INT);\nCREATE TRIGGER t AFTER INSERT ON bait FOR EACH ROW UPDATE towpath_ledger SET checksum = 'x' WHERE version = '2';\nINSERT INTO bait VALUES (1);",
		"by a view":                  "CREATE VIEW v AS SELECT * FROM towpath_ledger;\nUPDATE v SET checksum = 'x' WHERE version = '2';",
		"by an event":                "CREATE EVENT e ON SCHEDULE AT CURRENT_TIMESTAMP DO UPDATE towpath_ledger SET checksum = 'x' WHERE version = '2';",
		"by a trigger on the ledger": "CREATE TRIGGER t BEFORE INSERT ON towpath_ledger FOR EACH ROW SET NEW.checksum = 'x';",
		"by a table in its place":    "RENAME TABLE towpath_ledger TO kept;\nCREATE TABLE towpath_ledger LIKE kept;",
		"by a cascade":               "CREATE TABLE bait (id INT PRIMARY KEY);\nALTER TABLE towpath_ledger ADD FOREIGN KEY (number) REFERENCES bait (id) ON DELETE CASCADE;",
		"by a removed row": "SET @s = CONCAT('DELETE FROM ', " + mariaName +
			", ' WHERE version = ''2''');\nPREPARE p FROM @s;\nEXECUTE p;",
	}
}

func forgingOnSQLite() map[string]string {
	return map[string]string{
		"by its name":                "UPDATE towpath_ledger SET checksum = 'x' WHERE version = '2';",
		"by its schema":              "UPDATE main.[towpath_ledger] SET checksum = 'x' WHERE version = '2';",
		"in a trigger":               "CREATE TABLE bait (id INT);\nCREATE TRIGGER t AFTER INSERT ON bait BEGIN UPDATE towpath_ledger SET checksum = 'x' WHERE version = '2'; END;\nINSERT INTO bait VALUES (1);",
		"in a trigger of a view":     "CREATE VIEW v AS SELECT * FROM towpath_ledger;\nCREATE TRIGGER t INSTEAD OF UPDATE ON v BEGIN UPDATE towpath_ledger SET checksum = 'x' WHERE version = '2'; END;\nUPDATE v SET checksum = 'x';",
		"by a trigger on the ledger": "CREATE TRIGGER t BEFORE INSERT ON towpath_ledger BEGIN SELECT RAISE(IGNORE); END;",
		"by a temporary trigger":     "CREATE TEMP TRIGGER t AFTER UPDATE ON main.towpath_ledger BEGIN UPDATE towpath_ledger SET checksum = 'x' WHERE version = '2'; END;",
		"by a temporary table":       "CREATE TEMP TABLE towpath_ledger (version TEXT);",
		"by a cascade": noTransaction +
			"PRAGMA foreign_keys = ON;\nALTER TABLE towpath_ledger ADD COLUMN b INT REFERENCES bait (id) ON DELETE CASCADE;",
		"by a table in its place": "ALTER TABLE towpath_ledger RENAME TO kept;\nCREATE TABLE towpath_ledger AS SELECT * FROM kept;",
		"by its definition":       "PRAGMA writable_schema = ON;\nUPDATE sqlite_schema SET sql = replace(sql, 'path', 'way') WHERE name = 'towpath_ledger';",
		"by a removed row": noTransaction +
			"WITH w AS (SELECT '2' AS v) DELETE FROM towpath_ledger WHERE version IN (SELECT v FROM w);",
	}
}

// TestForging_byAPush pushes files that try to change the ledger. A successful change is named in
// the plan, on the commit and in the API, and nothing runs in that database any more. A refused one
// leaves the ledger as it was, and other files run.
func TestForging_byAPush(t *testing.T) {
	gate := make(chan struct{}, 3)
	for engine, on := range map[string]struct {
		where func() targets
		files map[string]string
	}{
		"SQLite": {func() targets { return sqliteTargets{} }, forgingOnSQLite()},
		"PostgreSQL": {
			func() targets { return postgresTargets(servers.postgres.Target()) },
			forgingOnPostgres(),
		},
		"MariaDB": {
			func() targets { return mariadbTargets(servers.mariadb.Target()) },
			forgingOnMariaDB(),
		},
	} {
		for name, file := range on.files {
			t.Run(engine+", "+name, func(t *testing.T) {
				t.Parallel()
				gate <- struct{}{}
				defer func() { <-gate }()
				w, err := newWorld(t.Context(), t.TempDir(), on.where(), "")
				if err != nil {
					t.Fatal(err)
				}
				defer w.close()
				if err := w.start(); err != nil {
					t.Fatal(err)
				}
				if w.linkID, err = w.link(t.Context(), w.grant, nil); err != nil {
					t.Fatal(err)
				}
				w.tryForging(t, file)
			})
		}
	}
}

// ledgerRows are the rows of migrations 1 to 3, and any added rows.
func (w *world) ledgerRows(t *testing.T) string {
	t.Helper()
	rows, err := w.query("test", "SELECT version, type, path, checksum FROM "+w.targets.ledger()+
		" WHERE type <> 'head' AND version <> '4' ORDER BY version")
	if err != nil {
		return err.Error()
	}
	return strings.Join(rows, "\n")
}

func (w *world) tryForging(t *testing.T, file string) {
	t.Helper()
	w.commit(t, map[string]string{
		"migrations/shop/1__ddl__a.sql": "CREATE TABLE a (id INT);",
		"migrations/shop/2__ddl__b.sql": "CREATE TABLE b (id INT);",
		"migrations/shop/3__ddl__c.sql": "CREATE TABLE c (id INT);",
	})
	if err := w.wait("done"); err != nil {
		t.Fatal(err)
	}
	before := w.ledgerRows(t)
	pushed := w.commit(t, map[string]string{"migrations/shop/4__ddl__forge.sql": file})
	if err := w.until(time.Minute, func() (bool, string) {
		got, _ := w.state()
		return got == "failed" || got == "unknown" || got == "done" || got == "held", "it is " + got
	}); err != nil {
		t.Fatal(err)
	}
	next := w.commit(t, map[string]string{
		"migrations/shop/4__ddl__forge.sql": bitbucketsim.Deleted,
		"migrations/shop/5__ddl__e.sql":     "CREATE TABLE e (id INT);",
	})
	forged, ran, tampered := false, false, planView{}
	err := w.until(time.Minute, func() (bool, string) {
		state, v := w.state()
		for _, item := range v.Plan.Items {
			if item.State == "tampered" {
				tampered = item
			}
		}
		tables, err := w.query("test", w.targets.tables())
		if err != nil {
			return false, err.Error()
		}
		for _, table := range tables {
			ran = ran || table == "e"
		}
		forged = w.ledgerRows(t) != before && !ran
		return ran || tampered.State != "", state + ": " + v.WaitsFor.Text + v.Plan.Blocked.Text
	})
	if err != nil {
		t.Fatalf("neither named nor held (the ledger is another: %t): %v", forged, err)
	}
	t.Logf("forged %t, ran %t, tampered %q: %s", forged, ran, tampered.State, tampered.Reason.Text)
	if forged && tampered.State == "" {
		t.Errorf("the ledger is\n%s\nnot\n%s\nand nothing says so", w.ledgerRows(t), before)
	}
	if tampered.State == "" {
		if got := w.ledgerRows(t); !strings.HasPrefix(got, before) {
			t.Errorf("version 5 ran on a ledger of\n%s\nnot\n%s", got, before)
		}
		return
	}
	if ran || tampered.Reason.Text == "" {
		t.Errorf("version 5 ran: %t; the plan says %q", ran, tampered.Reason.Text)
	}
	if err := w.until(20*time.Second, func() (bool, string) {
		got := strings.Join(append(w.statuses(pushed), w.statuses(next)...), ", ")
		return strings.Contains(got, "plan FAILED"), "the commits bear " + got
	}); err != nil {
		t.Error(err)
	}
}
