package postgres_test

import (
	"strings"
	"testing"

	"towpath/internal/dialect/postgres"
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
		`DROP TABLE a`:                                           statement.NoState,
		`SET search_path = shop`:                                 statement.Setting,
		`RESET search_path`:                                      statement.Setting,
		`create local temp table a (x int)`:                      statement.Temporary,
		`CREATE OR REPLACE TEMP VIEW v AS SELECT 1`:              statement.Temporary,
		`SELECT 1 AS x INTO TEMP t`:                              statement.Temporary,
		`SELECT pg_catalog.set_config('search_path', '', false)`: statement.Setting,
		`SELECT set_config('search_path', 'a', false)`:           statement.Setting,
		`SELECT set_config('search_path', 'a', false), 1`:        statement.Temporary,
		`SELECT 1 AS temp`:                                       statement.NoState,
		`CREATE TABLE temp (temporary int)`:                      statement.NoState,
		`DO 'BEGIN END'`:                                         statement.NoState,
	} {
		for s, err := range postgres.Split(strings.NewReader(script)) {
			if err != nil || s.State != want {
				t.Errorf("%s: %v, %v, want %v", script, s.State, err, want)
			}
		}
	}
}
