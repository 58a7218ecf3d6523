package sqlite_test

import (
	"errors"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/sqlite"
)

// conditional are statements that may be passed over, in forms that people write.
const conditional = "CREATE TABLE IF NOT EXISTS t (key TEXT, [Value] NUMERIC(10, 2) DEFAULT (1 + 2) CHECK ([Value] > 0), `period` INT, sum AS (period + 1), " +
	"CONSTRAINT u UNIQUE (key, period), PRIMARY KEY (period)) WITHOUT ROWID;\n" + `
CREATE TABLE IF NOT EXISTS main.T (PERIOD INT);
CREATE TABLE IF NOT EXISTS copied AS SELECT 1 AS z;
CREATE INDEX IF NOT EXISTS i ON t (lower(key), period + 1, "Value" COLLATE NOCASE DESC) WHERE period > 3;
CREATE UNIQUE INDEX IF NOT EXISTS main.I2 ON t (KEY, (period));
`

func TestExec_whatIsThereAlreadyPasses(t *testing.T) {
	t.Parallel()
	e, target := sqlite.New(sqlite.Config{Root: t.TempDir()}), engine.Target{Address: ".", Database: "shop"}
	if err := e.Create(t.Context(), target); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s := begin(t, e, target)
		if err := errors.Join(run(t, s, conditional), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
}
