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
CREATE TABLE IF NOT EXISTS public.t (PERIOD int);
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
		`CREATE SCHEMA "user"`, "CREATE STATISTICS x ON a, b FROM made",
		"CREATE TABLE sum (a int, b int GENERATED ALWAYS AS (a + 1) STORED, c int GENERATED ALWAYS AS IDENTITY) WITH (fillfactor = 70)",
		"CREATE UNLOGGED TABLE lost (a int)", "CREATE TABLE divided (a int) PARTITION BY RANGE (a)",
		"CREATE TABLE child (z int) INHERITS (made)", "CREATE TYPE mood AS ENUM ('calm')",
		"CREATE FUNCTION make() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE IF NOT EXISTS made (a bigint); END $$",
		"CREATE FUNCTION sure() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE IF NOT EXISTS made (a bigint); RETURN NEW; END $$",
		"CREATE TRIGGER sure BEFORE INSERT ON lost FOR EACH ROW EXECUTE FUNCTION sure()")
	const same, differs, uncompared = "same", "differs", "not compared"
	const skipped = "skipped"
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

		`CREATE TABLE IF NOT EXISTS sum (a int, b int GENERATED ALWAYS AS (1 + a) STORED)`:             differs,
		`CREATE TABLE IF NOT EXISTS sum (a int, b int GENERATED ALWAYS AS (a + 1) STORED)`:             same,
		`CREATE TABLE IF NOT EXISTS sum (a int, b int)`:                                                differs,
		`CREATE TABLE IF NOT EXISTS sum (a int GENERATED ALWAYS AS IDENTITY)`:                          differs,
		`CREATE TABLE IF NOT EXISTS sum (c int)`:                                                       differs,
		`ALTER TABLE sum ADD COLUMN IF NOT EXISTS b int`:                                               differs,
		`CREATE TABLE IF NOT EXISTS sum (a int) WITH (fillfactor = 70)`:                                same,
		`CREATE TABLE IF NOT EXISTS sum (a int) WITH (fillfactor = 50)`:                                differs,
		`CREATE TABLE IF NOT EXISTS lost (a int)`:                                                      differs,
		`CREATE UNLOGGED TABLE IF NOT EXISTS lost (a int)`:                                             same,
		`CREATE UNLOGGED TABLE IF NOT EXISTS made (a int)`:                                             differs,
		`CREATE TABLE IF NOT EXISTS divided (a int)`:                                                   differs,
		`CREATE TABLE IF NOT EXISTS divided (a int) PARTITION BY RANGE (a)`:                            same,
		`CREATE TABLE IF NOT EXISTS made (a int) PARTITION BY RANGE (a)`:                               differs,
		`CREATE TABLE IF NOT EXISTS child () INHERITS (made)`:                                          same,
		`CREATE TABLE IF NOT EXISTS made (a int) INHERITS (lost)`:                                      differs,
		`DO $$ BEGIN CREATE TABLE IF NOT EXISTS made (a bigint); END $$`:                               uncompared,
		`SET client_min_messages = error; DO $$ BEGIN CREATE TABLE IF NOT EXISTS made (a int); END $$`: uncompared,
		`DO $$ BEGIN CREATE TABLE IF NOT EXISTS fresh (a bigint); DROP TABLE fresh; END $$`:            same,
		`SELECT make()`:                                                                uncompared,
		`INSERT INTO lost VALUES (1)`:                                                  same, // its trigger makes sure of it
		`ALTER TYPE mood ADD VALUE IF NOT EXISTS 'calm'`:                               same,
		`ALTER TABLE IF EXISTS "Made" ADD COLUMN x int`:                                skipped,
		`ALTER TABLE IF EXISTS ONLY public.made DROP COLUMN IF EXISTS x`:               same,
		`ALTER INDEX IF EXISTS nope RENAME TO x`:                                       skipped,
		`SET client_min_messages = error; ALTER SEQUENCE IF EXISTS nope INCREMENT 3`:   skipped,
		`ALTER TABLE IF EXISTS made RENAME TO made2; ALTER TABLE made2 RENAME TO made`: same,
		`CREATE SCHEMA IF NOT EXISTS "user" AUTHORIZATION CURRENT_USER`:                uncompared,

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
			case slices.ContainsFunc(said.Kept, towpath.Notice.Look):
				got = said.Kept[0].Level
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

// A server that grants nothing, or does nothing outside of a transaction, warns of it alone.
func TestExec_aWarningOfTheServerIsNoSuccess(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	server.Exec(t, target.Database, "CREATE TABLE theirs (a int)",
		"CREATE SCHEMA theirs", `CREATE ROLE "größe w" LOGIN PASSWORD 'p'`,
		"GRANT CREATE ON DATABASE "+target.Database+` TO "größe w"`, `GRANT USAGE, CREATE ON SCHEMA public TO "größe w"`,
		`GRANT SELECT ON theirs TO "größe w"`, `GRANT USAGE ON SCHEMA theirs TO "größe w"`)
	target.Username, target.Password = "größe w", "p"
	o := options
	o.NoTx = true
	for text, want := range map[string]string{
		"GRANT SELECT ON theirs TO PUBLIC":                                        "unmet",
		"SET client_min_messages = error; GRANT USAGE ON SCHEMA theirs TO PUBLIC": "unmet",
		"REVOKE USAGE ON SCHEMA theirs FROM PUBLIC":                               "unmet",
		"CREATE TABLE ours (a int); GRANT SELECT ON ours TO PUBLIC":               "done",
		"SET CONSTRAINTS ALL IMMEDIATE":                                           towpath.NoticeOtherwise,
		"ANALYZE theirs":                                                          towpath.NoticeOtherwise,
		"SET client_min_messages = error; VACUUM theirs":                          towpath.NoticeOtherwise,
		"DO $$ BEGIN RAISE WARNING 'careful'; END $$":                             "done",
		"DO $$ BEGIN EXECUTE 'GRANT SELECT ON theirs TO PUBLIC'; END $$":          towpath.NoticeOtherwise,
	} {
		s := begin(t, open(t, target), o)
		err := run(t.Context(), s, text)
		got := "done"
		switch said := s.(engine.Talker).Notices(); {
		case kindOf(err) == engine.Unmet:
			got = "unmet"
		case err != nil:
			t.Errorf("%s: %v", text, err)
		case slices.ContainsFunc(said.Kept, towpath.Notice.Look):
			got = said.Kept[0].Level
		}
		if got != want {
			t.Errorf("%s: %s, want %s: %v", text, got, want, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
