package postgres_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/engine"
)

// steps change what is there in each way that a catalog keeps in another place.
var steps = []string{
	`CREATE SCHEMA "order"; SELECT 1`,
	`CREATE TYPE "order".mood AS ENUM ('sad', 'glad'); CREATE TYPE "order".pair AS (a int, b text);
	 CREATE DOMAIN "order".small AS int CONSTRAINT few CHECK (VALUE < 9) CONSTRAINT other CHECK (VALUE > 0)`,
	`CREATE TABLE "order"."größe" (id serial PRIMARY KEY, "select" text COLLATE "C", m "order".mood, s "order".small)`,
	`CREATE TABLE "order".line (id int GENERATED ALWAYS AS IDENTITY, size int REFERENCES "order"."größe" (id), UNIQUE (id))`,
	`CREATE TABLE "order".note (line int REFERENCES "order".line (id), made date DEFAULT now())`,
	`CREATE VIEW "order".v AS SELECT id, "select" FROM "order"."größe"`,
	`CREATE VIEW "order".w AS SELECT "select" FROM "order".v`,
	`CREATE FUNCTION "order".f(p "order".pair) RETURNS int LANGUAGE sql AS 'SELECT 1'`,
	`CREATE FUNCTION "order".t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`,
	`CREATE TRIGGER t BEFORE INSERT ON "order".line FOR EACH ROW EXECUTE FUNCTION "order".t()`,
	`INSERT INTO "order"."größe" ("select") VALUES ('x')`,
	`COMMENT ON COLUMN "order".line.size IS 'one'; COMMENT ON FUNCTION "order".f IS 'two'`,
	`COMMENT ON COLUMN "order".line.size IS NULL`,
	`GRANT SELECT ON "order".line TO PUBLIC; GRANT UPDATE (size) ON "order".line TO PUBLIC`,
	`REVOKE UPDATE (size) ON "order".line FROM PUBLIC`,
	`ALTER TABLE "order"."größe" RENAME COLUMN "select" TO "from"`,
	`ALTER TABLE "order"."größe" RENAME COLUMN id TO key`,
	`ALTER TABLE "order"."größe" RENAME TO size`,
	`ALTER TYPE "order".mood RENAME VALUE 'sad' TO 'low'; ALTER TYPE "order".mood RENAME TO temper`,
	`ALTER TYPE "order".temper ADD VALUE 'high'`,
	`ALTER DOMAIN "order".small DROP CONSTRAINT few`,
	`ALTER DOMAIN "order".small ADD CONSTRAINT few CHECK (VALUE < 99)`,
	`ALTER TYPE "order".pair ADD ATTRIBUTE c int`,
	`ALTER FUNCTION "order".f RENAME TO g; ALTER TABLE "order".note ADD n int DEFAULT "order".g(NULL)`,
	`ALTER FUNCTION "order".g RENAME TO h`,
	`ALTER TABLE "order".line ALTER size SET DEFAULT 3, ALTER size SET NOT NULL`,
	`ALTER TABLE "order".line ALTER size DROP DEFAULT, ALTER size DROP NOT NULL`,
	`ALTER TABLE "order".line ALTER id SET START WITH 5; ALTER SEQUENCE "order"."größe_id_seq" OWNED BY NONE`,
	`ALTER SEQUENCE "order"."größe_id_seq" OWNED BY "order".size.key`,
	`CREATE INDEX i ON "order".line (size); ALTER TABLE "order".line CLUSTER ON i`,
	`ALTER TABLE "order".line SET WITHOUT CLUSTER; ALTER INDEX "order".i RENAME TO j`,
	`ALTER TABLE "order".line ALTER size SET STATISTICS 7, SET (fillfactor = 70)`,
	`CREATE STATISTICS "order".st ON id, size FROM "order".line; ALTER STATISTICS "order".st SET STATISTICS 9`,
	`ALTER TABLE "order".line DISABLE TRIGGER t, ENABLE ROW LEVEL SECURITY`,
	`CREATE POLICY p ON "order".line USING (size > 1); ALTER TABLE "order".line RENAME size TO "größe"`,
	`CREATE RULE r AS ON DELETE TO "order".note DO INSTEAD NOTHING`,
	`DROP RULE r ON "order".note; DROP POLICY p ON "order".line; DROP STATISTICS "order".st`,
	`CREATE TABLE "order".part (k int, v text DEFAULT 'a') PARTITION BY LIST (k);
	 CREATE TABLE "order".part_1 PARTITION OF "order".part (v DEFAULT 'b') FOR VALUES IN (1)`,
	`CREATE INDEX pi ON "order".part (v)`,
	`ALTER TABLE "order".part RENAME TO whole`,
	`ALTER TABLE "order".whole DETACH PARTITION "order".part_1`,
	`CREATE TABLE "order".child () INHERITS ("order".note)`,
	`ALTER TABLE "order".note ADD more int DEFAULT 1`,
	`ALTER TABLE "order".child NO INHERIT "order".note`,
	`CREATE TYPE "order".span AS RANGE (subtype = int4)`,
	`CREATE AGGREGATE "order".total (int) (SFUNC = int4pl, STYPE = int)`,
	`CREATE MATERIALIZED VIEW "order".mv AS SELECT key FROM "order".size`,
	`CREATE OR REPLACE VIEW "order".w AS SELECT "from" AS "select", 1 AS one FROM "order".size`,
	`DROP TABLE "order".note CASCADE`,
	`ALTER SCHEMA "order" RENAME TO "group"`,
	`CREATE TABLE "group".last (id int)`,
	`DROP SCHEMA "group" CASCADE`,
	`CREATE TABLE first (id int)`,
}

// Each reading follows the one before, and must be what a new connection reads. It runs by itself, since
// a transaction of another test in progress keeps rows new, and then more is read than must be.
func TestFollow_readsWhatIsThere(t *testing.T) {
	target := server.Database(t)
	counting, sent := countedEngine()
	db, err := counting.Open(t.Context(), target)
	if err != nil {
		t.Fatal(err)
	}
	other, whole := open(t, target), 0
	for n, script := range append(steps, steps...) {
		o := options
		o.NoTx = n%len(steps) == 19 // a new value is of no use in its own transaction
		s := begin(t, db, o)
		if err := run(t.Context(), s, script); err != nil {
			t.Fatalf("%s: %v", script, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		trips := sent.Load()
		got, err := db.(engine.Follower).Follow(t.Context())
		if err != nil {
			t.Fatalf("after %s: %v", script, err)
		}
		if n > len(steps) && sent.Load()-trips > 2 {
			whole++
		}
		want, err := other.Schema(t.Context())
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("after %s, %v:\n%s", script, err, diff)
		}
		if n == len(steps)-1 {
			s := begin(t, db, options)
			if err := run(t.Context(), s, "DROP TABLE first"); err != nil {
				t.Fatal(err)
			}
			_ = s.Close()
		}
	} // Schemas are made, renamed and dropped, a constraint of a domain is dropped, and after a session
	// without a transaction the queries are prepared again: those of all objects, and those of some.
	if whole > 7 {
		t.Errorf("%d of %d readings are not followed", whole, len(steps))
	}
	_ = db.Close()
}
