package enginetest

import (
	"slices"
	"strings"
	"testing"

	"towpath/internal/engine"
)

// testRights makes a user by the SQL of the engine's description, as an administrator copies it,
// and changes a database as that user.
func testRights(t *testing.T, f Fixture) {
	described := f.Engine.Describe()
	if !described.Login {
		return
	}
	target := f.New(t)
	user := "Größe." + target.Database
	sql := strings.NewReplacer("migrate_shop", user, "shop", target.Database).Replace(described.Rights)
	f.Admin(t, target.Database, strings.SplitAfter(strings.TrimSuffix(sql, "\n"), ";\n")...)
	target.Username, target.Password = user, "replace this"
	wantNoFinding(t, f.Engine, target)

	ctx, b := setupTarget(t, f, target)
	names, err := f.Engine.Discover(ctx, target)
	if err != nil || !slices.Contains(names, target.Database) {
		t.Fatalf("discovered %q, %v", names, err)
	}
	b.apply(ctx, f.Schema)
	s := b.begin(ctx, options)
	b.exec(ctx, s, "CREATE TABLE parent (id "+f.AutoKey+", name varchar(40))")
	b.exec(ctx, s, "CREATE TABLE child (parent_id bigint REFERENCES parent (id))")
	b.exec(ctx, s, "CREATE INDEX child_parent ON child (parent_id)")
	b.exec(ctx, s, "ALTER TABLE parent ADD COLUMN email varchar(40)")
	b.exec(ctx, s, "CREATE TEMPORARY TABLE scratch (id int)")
	b.exec(ctx, s, "INSERT INTO parent (name) VALUES ('Ada')")
	b.exec(ctx, s, "UPDATE parent SET email = 'ada@example.com'")
	if rows := b.exec(ctx, s, "DELETE FROM parent"); rows != 1 {
		t.Errorf("deleted %d rows", rows)
	}
	b.exec(ctx, s, "DROP TABLE child")
	if err := s.Record(ctx, entry("1", 1)); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(ctx); err != nil {
		t.Fatal(err)
	}
	if got := b.ledger(ctx); len(got) != 1 || got[0].Version != "1" {
		t.Errorf("the ledger is %v", got)
	}
	if dump := b.schema(ctx).Dump; !strings.Contains(dump, "email") {
		t.Errorf("the schema is read as:\n%s", dump)
	}
	wantNoFinding(t, f.Engine, target)
}

// wantNoFinding checks the database, and the instance as the form does when it is added.
func wantNoFinding(t *testing.T, e engine.Engine, target engine.Target) {
	t.Helper()
	for _, database := range []string{target.Database, ""} {
		target.Database = database
		if report, err := e.Check(t.Context(), target); err != nil || !report.OK || len(report.Findings) > 0 {
			t.Errorf("the check of %q says %+v, %v", database, report, err)
		}
	}
}
