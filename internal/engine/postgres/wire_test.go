package postgres_test

import (
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
)

func TestSchema_saysWhatIsTooLong(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	db := open(t, target)
	server.Exec(t, target.Database, "CREATE TABLE t (id int)",
		"DO $$ BEGIN EXECUTE format('COMMENT ON TABLE t IS %L', repeat('x', 70 << 20)); END $$")
	_, err := db.Schema(t.Context())
	if kindOf(err) != engine.Failed || !strings.Contains(err.Error(), "has 70 MiB") ||
		!strings.Contains(err.Error(), "Make it shorter") {
		t.Error(err)
	}
}

// Not parallel: it measures the memory of the process. The server's log, which the test keeps, does
// not count.
func TestSession_whatAScriptMakesLongIsNotKept(t *testing.T) {
	quiet := "DO $$ BEGIN PERFORM set_config('log_min_messages', 'panic', false), " +
		"set_config('log_min_error_statement', 'panic', false); "
	enginetest.Long(t, fixture(), []string{
		"SELECT repeat('x', 20000000) FROM generate_series(1, 3)",
		quiet + "RAISE NOTICE '%', repeat('é', 20000000); END $$",
		quiet + "FOR n IN 1..100000 LOOP RAISE NOTICE 'line %', n; END LOOP; END $$",
	}, []string{
		quiet + "RAISE EXCEPTION '%', repeat('é', 20000000); END $$",
		quiet + "RAISE EXCEPTION 'short' USING DETAIL = repeat('x', 20000000), HINT = repeat('y', " +
			"20000000); END $$",
	})
}
