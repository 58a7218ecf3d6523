package postgres_test

import (
	"strings"
	"testing"
)

// conditional are statements that may be passed over, in forms that people write.
const conditional = `
CREATE TABLE IF NOT EXISTS t (key text, "Value" numeric(10, 2) DEFAULT (1 + 2) CHECK ("Value" > 0), period int, CONSTRAINT u UNIQUE (key, period),
	PRIMARY KEY (period), LIKE pg_catalog.pg_am INCLUDING DEFAULTS, EXCLUDE USING btree (key WITH =));
CREATE TABLE IF NOT EXISTS public.t (PERIOD int) WITH (fillfactor = 70);
CREATE TABLE IF NOT EXISTS copied (a, "b c") AS SELECT 1, 2;
CREATE TABLE IF NOT EXISTS copied AS SELECT 1 AS z;
CREATE TABLE IF NOT EXISTS parent (id int, at date) PARTITION BY RANGE (at);
CREATE TABLE IF NOT EXISTS part PARTITION OF parent (id DEFAULT 5, PRIMARY KEY (id)) FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX IF NOT EXISTS i ON t USING btree (lower(key) text_pattern_ops, (period + 1), "Value" DESC NULLS LAST) INCLUDE (period) WHERE period > 3;
CREATE UNIQUE INDEX IF NOT EXISTS i2 ON ONLY public.t (KEY COLLATE "C", (period));
CREATE INDEX IF NOT EXISTS "I Ö" ON parent (id);
CREATE TABLE IF NOT EXISTS long (a_name_that_is_longer_than_the_server_keeps_of_any_name_that_it_is_given int);
CREATE INDEX IF NOT EXISTS l ON long (a_name_that_is_longer_than_the_server_keeps_of_any_name_that_it_is_given);
`

func TestExec_whatIsThereAlreadyPasses(t *testing.T) {
	t.Parallel()
	db := open(t, server.Database(t))
	for range 2 {
		if err := run(t.Context(), begin(t, db, options), conditional); err != nil {
			t.Fatal(err)
		}
	}
	if err := run(t.Context(), begin(t, db, options), "ALTER TABLE t ADD more int; "+strings.TrimSpace(conditional)); err != nil {
		t.Error(err)
	}
}
