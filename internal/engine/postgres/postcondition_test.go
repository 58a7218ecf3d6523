package postgres_test

import (
	"slices"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/engine"
)

// conditional are statements that may be passed over, in forms that people write.
const conditional = `
CREATE TABLE IF NOT EXISTS t (key text, "Value" numeric(10, 2) DEFAULT (1 + 2) CHECK ("Value" > 0), period int, CONSTRAINT u UNIQUE (key, period),
	PRIMARY KEY (period), LIKE pg_catalog.pg_am INCLUDING DEFAULTS, EXCLUDE USING btree (key WITH =));
CREATE TABLE IF NOT EXISTS public.t (PERIOD int) WITH (fillfactor = 70);
CREATE TABLE IF NOT EXISTS copied (a, "b c") AS SELECT 1, 2;
CREATE TABLE IF NOT EXISTS copied ("b c", a) AS SELECT 3, 4;
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
	if err := run(t.Context(), begin(t, db, options), "ALTER TABLE t ADD more int; "+
		strings.TrimSpace(conditional)); err != nil {
		t.Error(err)
	}
}

func TestExec_anotherThingOfTheNameIsNotTheOne(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	server.Exec(t, target.Database,
		`CREATE TABLE "Größe" (id int, "N" text, v varchar(10), "table" numeric(5, 2) DEFAULT 1)`,
		`CREATE TABLE "a USING b" (id int PRIMARY KEY, "order" int REFERENCES "a USING b")`,
		`CREATE INDEX "I" ON "a USING b" ("order" DESC, (id + 1)) WHERE "order" > 3`,
		"CREATE DOMAIN positive AS int CHECK (VALUE > 0)", "CREATE SEQUENCE s INCREMENT 5 START 7",
		`CREATE MATERIALIZED VIEW m (x) AS SELECT id FROM "a USING b"`,
		"CREATE TABLE made (a int, b varchar(9))",
		`CREATE SCHEMA "user"`, "CREATE STATISTICS x ON a, b FROM made")
	const same, differs, uncompared = "same", "differs", "not compared"
	for text, want := range map[string]string{
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS "N" int`:                                               differs,
		`ALTER TABLE ONLY public."Größe" ADD x int, ADD IF NOT EXISTS "N" text[] DEFAULT '{}'`:               differs,
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS n int`:                                                 same,
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS "N" text`:                                              same,
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS "N" text NOT NULL DEFAULT ''`:                          differs,
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS v varchar(20)`:                                         differs,
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS v character varying ( 10 ), ADD IF NOT EXISTS new int`: same,
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS id positive`:                                           differs,
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS id int REFERENCES "a USING b"`:                         uncompared,
		`ALTER TABLE "Größe" ADD COLUMN IF NOT EXISTS id bigint REFERENCES "a USING b"`:                      differs,

		`CREATE TABLE IF NOT EXISTS "Größe" ("table" numeric(5, 2) DEFAULT 1, v varchar(10))`:    same,
		`CREATE TABLE IF NOT EXISTS "Größe" ("table" numeric(5, 3))`:                             differs,
		`CREATE TABLE IF NOT EXISTS "Größe" ("table" numeric(5, 2) DEFAULT 2)`:                   differs,
		`CREATE TABLE IF NOT EXISTS "Größe" (id int, UNIQUE (id))`:                               differs,
		`CREATE TABLE IF NOT EXISTS "a USING b" (id serial PRIMARY KEY)`:                         differs,
		`CREATE TABLE IF NOT EXISTS "a USING b" (id int PRIMARY KEY, "order" int)`:               same,
		`CREATE TABLE IF NOT EXISTS "a USING b" ("order" int REFERENCES "a USING b")`:            uncompared,
		`CREATE TABLE IF NOT EXISTS "a USING b" (id bigint, "order" int REFERENCES "a USING b")`: differs,
		`CREATE TABLE IF NOT EXISTS made AS SELECT 1 AS a, 'x'::varchar(9) AS b`:                 same,
		`CREATE TABLE IF NOT EXISTS made (a, b) AS SELECT 1, 'x'::varchar(8) WITH NO DATA`:       differs,
		`CREATE TABLE IF NOT EXISTS made AS SELECT 1 AS a, 2 AS c`:                               differs,
		`CREATE TEMP TABLE IF NOT EXISTS made (a bigint)`:                                        same,
		`SET client_min_messages = error; CREATE TABLE IF NOT EXISTS made (a bigint)`:            differs,

		`CREATE INDEX IF NOT EXISTS "I" ON "a USING b" ("order" DESC, (id + 1)) WHERE "order" > 3`:             same,
		`CREATE INDEX IF NOT EXISTS "I" ON "a USING b" USING btree ("order" DESC, (1 + id)) WHERE "order" > 3`: differs,
		`CREATE INDEX IF NOT EXISTS "I" ON public."a USING b" ("order" DESC, (id + 1)) WHERE "order" > 4`:      differs,
		`CREATE INDEX IF NOT EXISTS "I" ON "a USING b" ("order", (id + 1)) WHERE "order" > 3`:                  differs,

		`CREATE SEQUENCE IF NOT EXISTS s INCREMENT BY 5 START WITH 7 OWNED BY "Größe".id`: same,
		`CREATE SEQUENCE IF NOT EXISTS public.s INCREMENT 6 START 7`:                      differs,
		`CREATE SEQUENCE IF NOT EXISTS s AS int INCREMENT 5 START 7`:                      differs,

		`CREATE MATERIALIZED VIEW IF NOT EXISTS m (x) AS SELECT id FROM "a USING b" WITH NO DATA`: same,
		`CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT id AS x FROM public."a USING b"`:      same,
		`CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT id + 0 AS x FROM "a USING b"`:         differs,

		`CREATE SCHEMA IF NOT EXISTS "user"`:                   same,
		`CREATE EXTENSION IF NOT EXISTS plpgsql`:               same,
		`CREATE EXTENSION IF NOT EXISTS plpgsql VERSION '1.0'`: uncompared,
		`CREATE STATISTICS IF NOT EXISTS x ON b, a FROM made`:  uncompared,
	} {
		for _, noTx := range []bool{false, true} {
			o := options
			o.NoTx = noTx
			s := begin(t, open(t, target), o)
			err := run(t.Context(), s, text)
			got := same
			switch said := s.(engine.Talker).Notices(); {
			case kindOf(err) == engine.Unmet:
				got = differs
			case err != nil:
				t.Errorf("%s: %v", text, err)
			case slices.ContainsFunc(said.Kept,
				func(n towpath.Notice) bool { return n.Level == towpath.NoticeUncompared }):
				got = uncompared
			}
			if got != want {
				t.Errorf("%s (by itself: %t): %s, want %s: %v", text, noTx, got, want, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if noTx {
				server.Exec(t, target.Database,
					`ALTER TABLE "Größe" DROP COLUMN IF EXISTS n, DROP COLUMN IF EXISTS new, DROP COLUMN IF EXISTS x`)
			}
		}
	}
}
