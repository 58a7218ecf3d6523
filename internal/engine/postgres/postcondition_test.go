package postgres_test

import (
	"strings"
	"testing"

	"towpath/internal/engine"
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
ALTER TABLE t ADD COLUMN IF NOT EXISTS a1 int4 NOT NULL DEFAULT 3, ADD IF NOT EXISTS a2 numeric(10, 2) CHECK (a2 > 0), ADD COLUMN IF NOT EXISTS a3 "char"[],
	ADD COLUMN IF NOT EXISTS a4 timestamp(3) with time zone, ADD COLUMN IF NOT EXISTS a5 serial, ADD COLUMN IF NOT EXISTS a6 character varying(9) COLLATE "C";
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

func TestExec_aColumnOfAnotherTypeIsNotTheOne(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	server.Exec(t, target.Database, `CREATE TABLE "Größe" (id int, "N" text)`)
	for text, want := range map[string]engine.Kind{
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS "N" int`:                                 engine.Unmet,
		`ALTER TABLE ONLY public."Größe" ADD x int, ADD IF NOT EXISTS "N" text[] DEFAULT '{}'`: engine.Unmet,
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS n int`:                                   "",
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS "N" text NOT NULL DEFAULT ''`:            "",
	} {
		s := begin(t, open(t, target), options)
		if err := run(t.Context(), s, text); kindOf(err) != want {
			t.Errorf("%s: %v", text, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
