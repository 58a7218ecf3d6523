package mysql_test

import "testing"

// conditional are statements that may be passed over, in forms that people write.
const conditional = "CREATE TABLE IF NOT EXISTS t (`key` VARCHAR(40), `Value` DECIMAL(10, 2) DEFAULT (1 + 2) CHECK (`Value` > 0), period INT, KEY k (`key`), " +
	"UNIQUE INDEX u (`key`, period), FULLTEXT (`key`), PRIMARY KEY (period), CONSTRAINT c CHECK (period > 0)) ENGINE=InnoDB COMMENT='(z int)';\n" + `
CREATE TABLE IF NOT EXISTS t (PERIOD INT, value INT);
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
		script += "CREATE INDEX IF NOT EXISTS i ON t (`key`(5), VALUE DESC);\nCREATE UNIQUE INDEX IF NOT EXISTS i2 USING BTREE ON t (period) COMMENT 'x';\n"
	}
	db := open(t, server.Database(t))
	for range 2 {
		if err := run(t.Context(), begin(t, db, options), script); err != nil {
			t.Fatal(err)
		}
	}
}
