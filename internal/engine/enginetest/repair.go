package enginetest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

// repaired is a schema with unlucky names, and what somebody does to it by hand.
const repaired = `
CREATE TABLE größe (id INT PRIMARY KEY, a VARCHAR(10) DEFAULT 'x' NOT NULL, b INT);
CREATE TABLE kind (id INT PRIMARY KEY, größe_id INT, n INT DEFAULT 3,
  CONSTRAINT kind_größe FOREIGN KEY (größe_id) REFERENCES größe (id));
CREATE INDEX kind_n ON kind (n);
CREATE VIEW sicht AS SELECT id, b FROM größe;
`

// byHand are changes that can be made together, in any order.
var byHand = []string{
	"ALTER TABLE größe ADD COLUMN c INT;",
	"CREATE INDEX extra ON größe (b);",
	"CREATE TABLE fremd (id INT PRIMARY KEY, g INT REFERENCES größe (id)); CREATE INDEX fremd_g ON fremd (g);",
	"CREATE TABLE a2 (id INT PRIMARY KEY); CREATE TABLE a1 (g INT REFERENCES a2 (id)); " +
		"CREATE TABLE a3 (g INT REFERENCES a2 (id));",
	"CREATE VIEW weit AS SELECT id FROM größe;",
	"DROP VIEW sicht;",
	"DROP TABLE kind;",
}

// alsoByHand are changes that only some engines know.
var alsoByHand = map[towpath.EngineType][]string{
	towpath.EnginePostgres: {
		"ALTER TABLE größe ALTER COLUMN a TYPE TEXT;",
		"ALTER TABLE größe ALTER COLUMN a DROP NOT NULL; ALTER TABLE größe ALTER COLUMN a DROP DEFAULT;",
		"ALTER TABLE größe ALTER COLUMN b SET DEFAULT 5; ALTER TABLE größe ALTER COLUMN b SET NOT NULL;",
		"ALTER TABLE größe ADD CONSTRAINT \"check\" CHECK (id > 0);",
		"CREATE FUNCTION \"select\"(a INT, VARIADIC b TEXT[]) RETURNS INT LANGUAGE sql AS 'SELECT 1; SELECT 2';",
		"CREATE TABLE gezählt (id SERIAL PRIMARY KEY);",
		"CREATE TABLE notiert (id INT); COMMENT ON TABLE notiert IS 'a'; COMMENT ON COLUMN notiert.id IS 'b';",
		"COMMENT ON COLUMN größe.a IS 'it''s'; COMMENT ON COLUMN größe.b IS NULL;",
		"COMMENT ON TABLE größe IS 'new';",
		"CREATE OR REPLACE VIEW weiter AS SELECT id, b FROM größe;",
	},
	towpath.EngineMySQL: {
		"ALTER TABLE größe MODIFY a TEXT NULL;",
		"ALTER TABLE größe ADD COLUMN vorn INT FIRST;",
		"ALTER TABLE größe ADD CONSTRAINT `check` CHECK (id > 0);",
		"ALTER TABLE größe ADD UNIQUE KEY `key` (a(5), b);",
	},
}

// alsoRepaired is more of the schema, that only some engines know.
var alsoRepaired = map[towpath.EngineType]string{
	towpath.EnginePostgres: "COMMENT ON COLUMN größe.a IS 'was'; COMMENT ON COLUMN größe.b IS 'too';" +
		"COMMENT ON TABLE kind IS 'k'; COMMENT ON VIEW sicht IS 'v'; COMMENT ON COLUMN sicht.b IS 'vb';" +
		"CREATE VIEW weiter AS SELECT id FROM größe; COMMENT ON VIEW weiter IS 'w'",
}

// testRepair changes a schema by hand, at random, and takes it back by the statements of a repair.
func testRepair(t *testing.T, f Fixture) {
	repairs, ok := f.Engine.(engine.Repairer)
	if !ok {
		t.Fatal("the engine writes no repairs")
	}
	ctx, b := setup(t, f)
	b.apply(ctx, repaired+alsoRepaired[f.Engine.Describe().Type])
	want := b.schema(ctx)
	all := slices.Concat(byHand, alsoByHand[f.Engine.Describe().Type])
	const rounds = 8
	for round := range rounds {
		var some []string
		for _, i := range rand.Perm(len(all)) {
			if rand.N(2) == 0 || i%rounds == round {
				some = append(some, all[i])
			}
		}
		script := strings.Join(some, "\n")
		b.apply(ctx, script)
		after := b.schema(ctx)
		r := repairs.Repair(b.dumped(want.Dump), b.dumped(after.Dump))
		if len(r.Unwritten) > 0 || len(r.Statements) == 0 {
			t.Fatalf("after\n%s\nnot written: %q", script, r.Unwritten)
		}
		b.apply(ctx, strings.Join(r.Statements, ";\n")+";")
		if got := b.schema(ctx); got.Fingerprint != want.Fingerprint {
			t.Fatalf("after\n%s\nthe repair\n%s\nleaves\n%s", script, strings.Join(r.Statements, ";\n"),
				schema.Diff(want.Dump, got.Dump))
		}
	}
	testUnwritten(t, b, repairs)
}

// testUnwritten expects that a column is not brought back to the end when it was not there, and that it is
// named.
func testUnwritten(t *testing.T, b *bench, repairs engine.Repairer) {
	ctx := t.Context()
	want := b.schema(ctx)
	b.apply(ctx, "ALTER TABLE größe DROP COLUMN a; ALTER TABLE größe ADD COLUMN d INT;")
	after := b.schema(ctx)
	r := repairs.Repair(b.dumped(want.Dump), b.dumped(after.Dump))
	if b.f.Engine.Describe().Type == towpath.EngineMySQL {
		b.apply(ctx, strings.Join(r.Statements, ";\n")+";")
		if got := b.schema(ctx); got.Fingerprint != want.Fingerprint || !r.Loses {
			t.Errorf("the repair %q leaves\n%s", r.Statements, schema.Diff(want.Dump, got.Dump))
		}
		return
	}
	named := 1
	if b.f.Engine.Describe().Type == towpath.EnginePostgres {
		named++ // the comment on the column too
	}
	if len(r.Statements) > 0 || len(r.Unwritten) != named || !strings.Contains(r.Unwritten[0], "größe") ||
		!strings.Contains(r.Unwritten[0], "lacks a ") || !strings.Contains(r.Unwritten[0], "has d ") {
		t.Errorf("written: %q, not written: %q", r.Statements, r.Unwritten)
	}
}

// dumped reads the statements of a dump.
func (b *bench) dumped(dump string) (list []statement.Statement) {
	b.t.Helper()
	for s, err := range b.f.Engine.Split(statement.Dump{Reader: strings.NewReader(dump)}) {
		if err != nil {
			b.t.Fatal(err)
		}
		list = append(list, s)
	}
	return list
}
