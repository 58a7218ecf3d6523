package sqlite_test

import (
	"strings"
	"testing"

	"towpath/internal/dialect/sqlite"
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
		`DROP TABLE a`:                                                statement.NoState,
		`PRAGMA foreign_keys = OFF`:                                   statement.Setting,
		`CREATE TEMP VIEW v AS SELECT 1`:                              statement.Temporary,
		`EXPLAIN CREATE TEMP TABLE a (x)`:                             statement.NoState,
		`CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END`: statement.Temporary,
	} {
		for s, err := range sqlite.Split(strings.NewReader(script)) {
			if err != nil || s.State != want {
				t.Errorf("%s: %v, %v, want %v", script, s.State, err, want)
			}
		}
	}
}
