package mysql

import (
	"strings"
	"testing"
)

func TestHarmless(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]bool{
		"CREATE TABLE a (id INT PRIMARY KEY, name VARCHAR(9) DEFAULT '@x')": true,
		"INSERT INTO a (id) VALUES (1) -- @x":                               true,
		"INSERT INTO größe VALUES (LOWER('GET_LOCK'))":                      true,
		"ALTER TABLE a ADD COLUMN b INT, ADD INDEX (b)":                     true,
		"UPDATE a JOIN b ON a.id = b.id SET a.c = COALESCE(b.c, 0)":         true,
		"WITH x AS (SELECT 1) SELECT * FROM x":                              true,
		// 0 in a new session
		"INSERT INTO b SELECT LAST_INSERT_ID()":          true,
		"CREATE OR REPLACE VIEW v AS SELECT a.id FROM a": true,
		"DROP TABLE IF EXISTS a":                         true,
		"CREATE TEMPORARY TABLE a (id INT)":              false,
		"CREATE OR REPLACE TEMPORARY TABLE a (id INT)":   false,
		"DROP /* a */ TEMPORARY TABLE a":                 false,
		"SET foreign_key_checks = 0":                     false,
		"SET NAMES utf8mb4":                              false,
		"SELECT @x := 1":                                 false,
		"SELECT id INTO @x FROM a":                       false,
		"INSERT INTO a SELECT @@sql_mode":                false,
		"SELECT GET_LOCK('x', 1)":                        false,
		"INSERT INTO a VALUES (`get_lock`('x', 1))":      false,
		// the server treats É as E
		"SELECT GÉT_LOCK('x', 1)":                                 false,
		"SELECT other.f(1)":                                       false,
		"SELECT `other` . `f` (1)":                                false,
		"INSERT INTO a VALUES (NEXT VALUE FOR s)":                 false,
		"SELECT SETVAL(s, 5)":                                     false,
		"SELECT /*! SQL_NO_CACHE */ 1":                            false,
		"CREATE TABLE a (id INT) /*M!100100 PAGE_COMPRESSED=1 */": false,
		"DO SLEEP(0)":                                             false,
		"CALL p()":                                                false,
		"CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW SET NEW.id = 1": false,
		"CREATE FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1":          false,

		"CREATE SEQUENCE s": false,
		"SHOW WARNINGS":     false,
		"EXPLAIN SELECT 1":  false,

		"CREATE DEFINER=`x`@`y` VIEW v AS SELECT 1": false,
	} {
		for st, err := range Split(strings.NewReader(script)) {
			if got := Harmless(st); err != nil || got != want {
				t.Errorf("%s: %v, %v", script, got, err)
			}
		}
	}
}
