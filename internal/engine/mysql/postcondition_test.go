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
	const setup = "CREATE TABLE `order` (id INT PRIMARY KEY, `ü` VARCHAR(10) NOT NULL DEFAULT 'x', e " +
		"ENUM('a', 'b'), KEY k (`ü`(4)));" +
		"CREATE TABLE child (id INT, parent INT, FOREIGN KEY (parent) REFERENCES `order` (id));"
	cases := map[string]string{
		"CREATE TABLE IF NOT EXISTS `order` (e ENUM('a','b'), `ü` varchar(10) DEFAULT 'x', KEY k (`ü`(4)))": same,
		"CREATE TABLE IF NOT EXISTS `order` (`Ü` VARCHAR(20))":                                              differs,
		"CREATE TABLE IF NOT EXISTS `order` (e ENUM('a', 'c'))":                                             differs,
		"CREATE TABLE IF NOT EXISTS `order` (id INT, KEY k (id))":                                           differs,
		"CREATE TABLE IF NOT EXISTS `order` (id INT AUTO_INCREMENT PRIMARY KEY)":                            differs,
		"SET SESSION sql_notes = 0; CREATE TABLE IF NOT EXISTS `order` (id BIGINT)":                         differs,
		"CREATE TABLE IF NOT EXISTS child (parent INT, FOREIGN KEY (parent) REFERENCES `order` (id))":       uncompared,
		"CREATE TABLE IF NOT EXISTS child (parent BIGINT, FOREIGN KEY (parent) REFERENCES `order` (id))":    differs,
		"CREATE TABLE IF NOT EXISTS child SELECT 1 AS id":                                                   uncompared,
	}
	before := setup
	if !server.MySQL { // which has no such words, or not in each version
		before += "CREATE VIEW v AS SELECT id FROM `order`; CREATE SEQUENCE s INCREMENT BY 5;" +
			"CREATE PROCEDURE p(a INT) SELECT a; CREATE FUNCTION f(a INT) RETURNS INT DETERMINISTIC RETURN a + 1;" +
			"CREATE TRIGGER tr BEFORE INSERT ON `order` FOR EACH ROW SET @a = 1; CREATE EVENT ev ON SCHEDULE EVERY 1 DAY DISABLE DO SET @a = 1;"
		for text, want := range map[string]string{
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
		case slices.ContainsFunc(said.Kept,
			func(n towpath.Notice) bool { return n.Level == towpath.NoticeUncompared }):
			got = uncompared
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
