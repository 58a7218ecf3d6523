package postgres_test

import (
	"testing"

	"towpath/internal/engine/enginetest"
)

// Not parallel: it looks at the memory of the process. The server's log, which the test keeps, is left out.
func TestSession_whatAScriptMakesLongIsNotKept(t *testing.T) {
	quiet := "DO $$ BEGIN PERFORM set_config('log_min_messages', 'panic', false), set_config('log_min_error_statement', 'panic', false); "
	enginetest.Long(t, fixture(), []string{
		"SELECT repeat('x', 20000000) FROM generate_series(1, 10)",
		quiet + "RAISE NOTICE '%', repeat('é', 20000000); END $$",
		quiet + "FOR n IN 1..300000 LOOP RAISE NOTICE 'line %', n; END LOOP; END $$",
	}, []string{
		quiet + "RAISE EXCEPTION '%', repeat('é', 20000000); END $$",
		quiet + "RAISE EXCEPTION 'short' USING DETAIL = repeat('x', 20000000), HINT = repeat('y', 20000000); END $$",
	})
}
