package mysql_test

import (
	"strings"
	"testing"

	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/mysql"
)

func TestSplit_autocommitOfDumps(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		"set autocommit=0;\nINSERT INTO a VALUES (1);\ncommit;\nset autocommit=0;INSERT INTO b VALUES (1);COMMIT WORK;":                                   "",
		"SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;\nLOCK TABLES `a` WRITE;INSERT INTO a VALUES (1);UNLOCK TABLES;SET AUTOCOMMIT=@OLD_AUTOCOMMIT;": "",
		"SET SESSION autocommit = OFF; SELECT 1; COMMIT; SET @@session.autocommit = ON":                                                                   "",

		"SET autocommit = 1":  "1:5",
		"SET autocommit = @x": "1:5",
		"COMMIT":              "1:1",
		"SET autocommit = 0; SET autocommit = 1; COMMIT": "1:41",
		"SET autocommit = 0; COMMIT AND CHAIN":           "1:21",
		"SET autocommit = 0; ROLLBACK":                   "1:21",
		"SET autocommit = 0; START TRANSACTION":          "1:21",
		"SET autocommit = 0, sql_safe_updates = 1":       "1:5",
		"SET sql_safe_updates = 1, autocommit = 0":       "1:27",
		"SET @a = 1, autocommit = 0":                     "1:13",
		"SET GLOBAL autocommit = 0":                      "1:5",
		"SET autocommit = 0 + 1":                         "1:5",
		"EXECUTE IMMEDIATE 'SET autocommit = 0'":         "AUTOCOMMIT",
		"SET autocommit = 0; EXECUTE IMMEDIATE 'COMMIT'": "COMMIT",
	} {
		got := ""
		if e := enginetest.Refusal(t, mysql.New(), shop, script); e != nil {
			got = e.Error()
		}
		if (want == "") != (got == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q, want %q", script, got, want)
		}
	}
}

// What dumps with the usual options hold runs as a first file.
func TestSplit_runsDumpsWithTheUsualOptions(t *testing.T) {
	t.Parallel()
	source := server.Database(t)
	migrateFile(t, source, "CREATE TABLE a (id INT PRIMARY KEY AUTO_INCREMENT, `größe` TEXT, b BLOB, g INT "+
		"AS (LENGTH(b)));\n"+
		"INSERT INTO a (`größe`, b) VALUES ('ü', x'00ff80'), (NULL, 'COMMIT;'); CREATE VIEW v AS SELECT * FROM a; CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1;\n"+
		"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM a; CREATE TABLE m (id INT) ENGINE=MyISAM; INSERT INTO m VALUES (1)"+rowsOfDump)
	for _, with := range []string{
		"", "--no-autocommit", "--single-transaction --quick",
		"--complete-insert --skip-extended-insert", "--skip-opt --create-options",
		"--insert-ignore", "--replace", "--add-drop-trigger", "--hex-blob --order-by-primary", "--no-data",
	} {
		if server.MySQL && with == "--add-drop-trigger" {
			continue // mysqldump writes the trigger's name without quotes there
		}
		t.Run(with, func(t *testing.T) {
			t.Parallel()
			with := append(strings.Fields(with), "--ignore-table="+source.Database+".towpath_ledger",
				"--hex-blob")
			if server.MySQL {
				with = append(with, "--set-gtid-purged=OFF")
			}
			replay := server.Database(t)
			migrateFile(t, replay, strings.ReplaceAll(server.DumpWith(t, source.Database, with...),
				"`"+source.Database+"`", "`"+replay.Database+"`"))
			compareMariaDBDump(t, source, replay)
		})
	}
}

func TestSplit_saysWhichOptionADumpMustNotHave(t *testing.T) {
	t.Parallel()
	source := server.Database(t)
	with := []string{"--databases", "--add-drop-database"}
	if server.MySQL {
		with = append(with, "--set-gtid-purged=OFF")
	}
	dump := server.DumpWith(t, source.Database, with...)
	var told []string
	for _, err := range mysql.New().Split(strings.NewReader(dump)) {
		if err != nil {
			told = append(told, err.Error())
		}
	}
	if len(told) != 3 || strings.Count(strings.Join(told, "\n"), "without --databases") != 3 {
		t.Errorf("told is %q", told)
	}
}
