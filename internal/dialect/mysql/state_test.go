package mysql_test

import (
	"strings"
	"testing"

	"towpath/internal/dialect/mysql"
	"towpath/internal/statement"
)

func TestSplit_saysWhatStaysInTheSession(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]statement.State{
		`CREATE TABLE a (x INT)`:           statement.NoState,
		`CREATE TEMPORARY TABLE a (x INT)`: statement.Temporary,
		`CREATE /* a */ TEMPORARY -- b
 TABLE a (x INT)`: statement.Temporary,
		`CREATE TABLE temporary_things (x INT)`:             statement.NoState,
		`INSERT INTO a VALUES ('CREATE TEMPORARY TABLE b')`: statement.NoState,
		`DROP TABLE a`:              statement.NoState,
		`SET @a = 1`:                statement.Setting,
		`SET NAMES utf8mb4`:         statement.Setting,
		`PREPARE p FROM 'SELECT 1'`: statement.Setting,
		`SELECT 1 INTO @a`:          statement.Temporary,
		`SELECT @a := 1`:            statement.Temporary,
		`SELECT @'a b' := 1`:        statement.Temporary,
		`SELECT @a`:                 statement.NoState,
		`CREATE OR REPLACE TEMPORARY TABLE a (x INT)`: statement.Temporary,
		`INSERT INTO a VALUES ('me@x := no')`:         statement.NoState,
		`GET DIAGNOSTICS @n = NUMBER`:                 statement.Temporary,
		`CALL p(@a)`:                                  statement.Temporary,
		`CALL p(1)`:                                   statement.NoState,
		`CREATE PROCEDURE p() BEGIN SELECT 1 INTO @a; CREATE TEMPORARY TABLE t (x INT); END`: statement.NoState,
		`CREATE /*!50000 TEMPORARY */ TABLE a (x INT)`:                                       statement.Temporary,
	} {
		for s, err := range mysql.Split(strings.NewReader(script)) {
			if err != nil || s.State != want {
				t.Errorf("%s: %v, %v, want %v", script, s.State, err, want)
			}
		}
	}
}
