package mysql_test

import (
	"slices"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/engine"
)

// conditional are statements that may be passed over, in forms that people write.
const conditional = "CREATE TABLE IF NOT EXISTS t (`key` VARCHAR(40), `Value` DECIMAL(10, 2) DEFAULT (1 + " +
	"2) CHECK (`Value` > 0), period INT, KEY k (`key`), " +
	"UNIQUE INDEX u (`key`, period), FULLTEXT (`key`), PRIMARY KEY (period), CONSTRAINT c CHECK (period > 0)) ENGINE=InnoDB COMMENT='(z int)';\n" + `
CREATE TABLE IF NOT EXISTS t (PERIOD INT, value DECIMAL(10,2));
CREATE TABLE IF NOT EXISTS copied (SELECT 1 AS z);
CREATE TABLE IF NOT EXISTS copied (z INT) SELECT 1 AS z;
CREATE TABLE IF NOT EXISTS copied SELECT 1 AS y;
CREATE TABLE IF NOT EXISTS liked (LIKE t);
CREATE TEMPORARY TABLE IF NOT EXISTS gone (a INT);
`

func TestExec_whatIsThereAlreadyPasses(t *testing.T) {
	t.Parallel()
	script := conditional
	if !server.MySQL { // which has no such words
		script += "CREATE INDEX IF NOT EXISTS i ON t (`key`(5), VALUE DESC);\nCREATE UNIQUE INDEX IF NOT " +
			"EXISTS i2 USING BTREE ON t (period) COMMENT 'x';\n"
	}
	db := open(t, server.Database(t))
	for range 2 {
		if err := run(t.Context(), begin(t, db, options), script); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExec_anotherThingOfTheNameIsNotTheOne(t *testing.T) {
	t.Parallel()
	const same, differs, uncompared = "same", "differs", "not compared"
	const skipped, otherwise = "skipped", "done otherwise"
	const setup = "CREATE TABLE `order` (id INT PRIMARY KEY, `ü` VARCHAR(10) NOT NULL DEFAULT 'x', e " +
		"ENUM('a', 'b'), KEY k (`ü`(4)));" +
		"CREATE TABLE child (id INT, parent INT, CONSTRAINT f FOREIGN KEY f (parent) REFERENCES `order` (id));" +
		"CREATE TABLE latin (a VARCHAR(9) CHECK (a > 'x'), b INT, g INT AS (b + 1)) DEFAULT CHARSET latin1;" +
		"CREATE TABLE my (a INT) ENGINE=MyISAM; CREATE TABLE inno (a INT); CREATE TABLE inno2 (a INT);" +
		"CREATE VIEW other AS SELECT 1 AS id; CREATE TABLE loose (a VARCHAR(9), b INT, `long` TEXT);" +
		"INSERT INTO loose (a) VALUES ('12345678'), ('1'), ('1');"
	cases := map[string]string{
		"CREATE TABLE IF NOT EXISTS `order` (e ENUM('a','b'), `ü` varchar(10) DEFAULT 'x', KEY k (`ü`(4)))":   same,
		"CREATE TABLE IF NOT EXISTS `order` (`Ü` VARCHAR(20))":                                                differs,
		"CREATE TABLE IF NOT EXISTS `order` (e ENUM('a', 'c'))":                                               differs,
		"CREATE TABLE IF NOT EXISTS `order` (id INT, KEY k (id))":                                             differs,
		"CREATE TABLE IF NOT EXISTS `order` (id INT AUTO_INCREMENT PRIMARY KEY)":                              differs,
		"SET SESSION sql_notes = 0; CREATE TABLE IF NOT EXISTS `order` (id BIGINT)":                           differs,
		"CREATE TABLE IF NOT EXISTS child (parent INT, FOREIGN KEY (parent) REFERENCES `order` (id))":         uncompared,
		"CREATE TABLE IF NOT EXISTS child (parent BIGINT, FOREIGN KEY (parent) REFERENCES `order` (id))":      differs,
		"CREATE TABLE IF NOT EXISTS child SELECT 1 AS id":                                                     uncompared,
		"CREATE TABLE IF NOT EXISTS latin (a VARCHAR(9))":                                                     same,
		"CREATE TABLE my1 (a DECIMAL(9, 2), b INT, FOREIGN KEY (b) REFERENCES `order` (id)) ENGINE=MyISAM":    differs,
		"CREATE TABLE in1 (`references` INT, b INT, CONSTRAINT f1 FOREIGN KEY n (b) REFERENCES `order` (id))": same,
		"ALTER TABLE my ADD x DECIMAL(9, 2), ADD FOREIGN KEY (a) REFERENCES `order` (id)":                     differs,
		"ALTER TABLE inno ADD (x DECIMAL(9, 2), y INT), ADD FOREIGN KEY (a) REFERENCES `order` (id)":          same,
		"ALTER TABLE inno2 RENAME TO inno3, ADD FOREIGN KEY (a) REFERENCES `order` (id)":                      same,
		"CREATE TABLE IF NOT EXISTS latin (b INT, FOREIGN KEY (b) REFERENCES `order` (id))":                   differs,
		"OPTIMIZE TABLE `order`": same,
		"OPTIMIZE TABLE nope":    differs,
		"ANALYZE TABLE nope":     differs,
		"CHECK TABLE `order`":    same,
		"CHECK TABLE nope":       differs,
		"REPAIR TABLE my":        same,
		"REPAIR TABLE `order`":   otherwise,
		"ANALYZE TABLE `order`":  same,
		"CREATE TABLE IF NOT EXISTS latin (a VARCHAR(9)) DEFAULT CHARSET=latin1":      same,
		"CREATE TABLE IF NOT EXISTS latin (a VARCHAR(9)) CHARACTER SET utf8mb4":       differs,
		"CREATE TABLE IF NOT EXISTS latin (a VARCHAR(9)) COLLATE latin1_bin":          differs,
		"CREATE TABLE IF NOT EXISTS latin (a VARCHAR(9) CHECK (a > 'y'))":             differs,
		"CREATE TABLE IF NOT EXISTS latin (g INT AS (b + 2), b INT)":                  differs,
		"CREATE TABLE IF NOT EXISTS latin (g INT AS (b + 1), b INT)":                  same,
		"CREATE TABLE IF NOT EXISTS latin (g INT, b INT)":                             differs,
		"CREATE TABLE IF NOT EXISTS latin (b INT) PARTITION BY HASH (b) PARTITIONS 3": uncompared,
		"DROP TABLE IF EXISTS nope, other":                                            skipped, // a view
		"DROP VIEW IF EXISTS `order`":                                                 skipped,
		"DROP VIEW IF EXISTS nope":                                                    same,
		"CREATE VIEW gone AS SELECT 1; DROP VIEW IF EXISTS gone":                      same,
		"SET sql_mode = ''; ALTER TABLE loose MODIFY a VARCHAR(3)":                    otherwise,
		"SET sql_mode = ''; INSERT INTO loose (a) VALUES ('123456789012')":            otherwise,
		"SET sql_mode = ''; CREATE TABLE fat (a VARCHAR(70000))":                      otherwise,
		"SET sql_mode = '', sql_notes = 0; CREATE INDEX i ON loose (`long`(2000))":    otherwise,
		"CREATE INDEX one ON loose (b); CREATE INDEX two ON loose (b)":                same,
		"CREATE EVENT late ON SCHEDULE AT '2001-01-01 00:00:00' DO SET @a = 1":        otherwise,
		"EXECUTE IMMEDIATE 'CREATE TABLE IF NOT EXISTS `order` (id BIGINT)'":          uncompared,
	}
	if server.MySQL { // which has no such statement
		delete(cases, "EXECUTE IMMEDIATE 'CREATE TABLE IF NOT EXISTS `order` (id BIGINT)'")
	}
	before := setup
	if !server.MySQL { // which has no such words, or not in each version
		before += "CREATE TABLE part (id INT PRIMARY KEY, a INT, b VARCHAR(9) COLLATE utf8mb4_bin, g INT AS (a + 1)," +
			"`check` INT CHECK (`check` > 3), KEY k (a), UNIQUE u (b), CONSTRAINT c CHECK (a > 1), KEY two (a, b));" +
			"CREATE TABLE ranges (id INT) PARTITION BY RANGE (id) (PARTITION p0 VALUES LESS THAN (10));" +
			"CREATE VIEW v AS SELECT id FROM `order`; CREATE SEQUENCE s INCREMENT BY 5;" +
			"CREATE PROCEDURE p(a INT) SELECT a; CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a + 1;" +
			"CREATE PROCEDURE q() CREATE TABLE IF NOT EXISTS `order` (id BIGINT);" +
			"CREATE TRIGGER tr BEFORE INSERT ON `order` FOR EACH ROW SET @a = 1; CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DISABLE DO SET @a = 1;"
		for text, want := range map[string]string{
			"ALTER TABLE IF EXISTS nope ADD COLUMN a INT":                                                skipped,
			"SET sql_notes = 0; ALTER TABLE `order` MODIFY COLUMN IF EXISTS nope INT":                    skipped,
			"ALTER TABLE `order` CHANGE COLUMN IF EXISTS nope b INT":                                     skipped,
			"ALTER TABLE `order` RENAME COLUMN IF EXISTS nope TO b":                                      skipped,
			"ALTER TABLE `order` RENAME INDEX IF EXISTS nope TO b":                                       skipped,
			"RENAME TABLE IF EXISTS nope TO b":                                                           skipped,
			"ALTER SEQUENCE IF EXISTS nope INCREMENT 4":                                                  skipped,
			"ALTER TABLE `order` DROP COLUMN IF EXISTS nope, DROP KEY IF EXISTS nope":                    same,
			"DROP SEQUENCE IF EXISTS `order`":                                                            skipped,
			"DROP PROCEDURE IF EXISTS nope":                                                              same,
			"CALL q()":                                                                                   uncompared,
			"ALTER TABLE `order` ADD COLUMN IF NOT EXISTS `ü` VARCHAR(20) AFTER id":                      differs,
			"ALTER TABLE `order` ADD COLUMN IF NOT EXISTS `ü` VARCHAR(10) NOT NULL DEFAULT 'x' AFTER id": same,
			"ALTER TABLE `order` ADD COLUMN IF NOT EXISTS (`ü` TEXT)":                                    differs,
			"CREATE INDEX IF NOT EXISTS k ON `order` (`ü`(4))":                                           same,
			"CREATE INDEX IF NOT EXISTS k ON `order` (`ü`(5))":                                           differs,
			"CREATE VIEW IF NOT EXISTS v AS select `id` from `order`":                                    same,
			"CREATE VIEW IF NOT EXISTS v AS SELECT id + 1 AS id FROM `order`":                            differs,
			"CREATE SEQUENCE IF NOT EXISTS s INCREMENT BY 5":                                             same,
			"CREATE SEQUENCE IF NOT EXISTS s INCREMENT BY 6":                                             differs,
			"CREATE PROCEDURE IF NOT EXISTS p(a INT) SELECT a":                                           same,
			"CREATE PROCEDURE IF NOT EXISTS p(a INT) SELECT a + 1":                                       differs,
			"CREATE PROCEDURE IF NOT EXISTS p(a BIGINT) SELECT a":                                        differs,
			"CREATE FUNCTION IF NOT EXISTS f(a INT) RETURNS integer DETERMINISTIC RETURN a + 1":          same,
			"CREATE FUNCTION IF NOT EXISTS f(a INT) RETURNS BIGINT DETERMINISTIC RETURN a + 1":           differs,
			"CREATE TRIGGER IF NOT EXISTS tr BEFORE INSERT ON `order` FOR EACH ROW /* x */ SET  @a = 1":  same,
			"CREATE TRIGGER IF NOT EXISTS tr BEFORE INSERT ON `order` FOR EACH ROW SET @a = 2":           differs,
			"CREATE TRIGGER IF NOT EXISTS tr AFTER INSERT ON `order` FOR EACH ROW SET @a = 1":            differs,
			"CREATE EVENT IF NOT EXISTS ev ON SCHEDULE EVERY 2 DAY DO SET @a = 1":                        uncompared,
			"CREATE EVENT IF NOT EXISTS ev ON SCHEDULE EVERY 1 DAY DO SET @a = 2":                        differs,
		} {
			cases[text] = want
		}
	}
	target := server.Database(t)
	db := open(t, target)
	o := options
	o.NoTx = true
	if err := run(t.Context(), begin(t, db, o), before); err != nil {
		t.Fatal(err)
	}
	for text, want := range cases {
		s := begin(t, db, o)
		err := run(t.Context(), s, text)
		got := same
		switch said := s.(engine.Talker).Notices(); {
		case kindOf(err) == engine.Unmet:
			got = differs
		case err != nil:
			t.Errorf("%s: %v", text, err)
		case slices.ContainsFunc(said.Kept, towpath.Notice.Look):
			got = said.Kept[0].Level
		}
		if got != want {
			t.Errorf("%s: %s, want %s: %v", text, got, want, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := db.Schema(t.Context())
	if err != nil || strings.Contains(schema.Dump, "towpath_beside") {
		t.Errorf("something was left: %v\n%s", err, schema.Dump)
	}
}
