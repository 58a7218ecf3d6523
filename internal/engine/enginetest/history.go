package enginetest

import (
	"fmt"
	"slices"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/history"
)

// testHistories reads the tables of other tools beside tables of an application with their names.
func testHistories(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	b.apply(ctx, `
CREATE TABLE goose_db_version (id int NOT NULL PRIMARY KEY, version_id bigint NOT NULL,
  is_applied boolean NOT NULL, tstamp timestamp NULL);
INSERT INTO goose_db_version VALUES (3, 20260102, false, NULL), (1, 0, true, '2026-01-01 10:00:00'),
  (2, 20260102, true, '2026-01-01 10:00:00');
CREATE TABLE schema_migrations (version varchar(20) NOT NULL, owner varchar(20));
INSERT INTO schema_migrations VALUES ('1', 'müller');
CREATE TABLE gorp_migrations (id varchar(200) NOT NULL PRIMARY KEY, applied_at timestamp NULL);
INSERT INTO gorp_migrations VALUES ('1_"müller`+"`"+`.sql', NULL);
CREATE TABLE changes (change_id varchar(20), project varchar(20));
CREATE VIEW alembic_version AS SELECT version AS version_num FROM schema_migrations;
`)
	reader, ok := b.db.(engine.Historian)
	if !ok {
		t.Fatalf("%T reads no histories", b.db)
	}
	before, err := b.db.Schema(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := engine.Histories(ctx, reader)
	if err != nil {
		t.Fatalf("read the histories: %v", err)
	}
	var got []string
	for _, h := range history.Read(tables) {
		for _, e := range h.Entries {
			got = append(got, fmt.Sprintf("%s %v %s%s %s", h.Table, h.Tools, e.Version, e.Name, e.State))
		}
	}
	want := []string{
		"goose_db_version [goose] 20260102 undone",
		"gorp_migrations [sql-migrate] 1_\"müller`.sql applied",
	}
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("read %q, want %q", got, want)
	}
	if after, err := b.db.Schema(ctx); err != nil || after.Fingerprint != before.Fingerprint {
		t.Errorf("reading has changed the database: %v", err)
	}
}

// testHistoryMark notices a new row by the mark of a table, and reads no view of its name.
func testHistoryMark(t *testing.T, f Fixture) {
	ctx, b := setup(t, f)
	b.apply(ctx, `
CREATE TABLE goose_db_version (id int NOT NULL PRIMARY KEY, version_id bigint NOT NULL,
  is_applied boolean NOT NULL, tstamp timestamp NULL);
INSERT INTO goose_db_version VALUES (9, 1, true, NULL), (10, 2, true, NULL);
`)
	reader, ok := b.db.(engine.Historian)
	if !ok {
		t.Fatalf("%T reads no histories", b.db)
	}
	tables, err := engine.Histories(ctx, reader)
	if err != nil || len(tables) != 1 {
		t.Fatalf("read the histories: %v, %v", tables, err)
	}
	at := history.Place{Schema: tables[0].Schema, Table: tables[0].Name, Column: tables[0].Column}
	for _, step := range []struct{ script, want string }{
		{"", "2 10"},
		{"INSERT INTO goose_db_version VALUES (11, 3, true, NULL)", "3 11"},
		{"DELETE FROM goose_db_version WHERE id = 9", "2 11"},
		{"DELETE FROM goose_db_version", "0 "},
		{"DROP TABLE goose_db_version", ""},
		{"CREATE VIEW goose_db_version AS SELECT 1 AS id", ""},
	} {
		if step.script != "" {
			b.apply(ctx, step.script+";\n")
		}
		if mark, err := engine.HistoryMark(ctx, reader, at); err != nil || mark != step.want {
			t.Errorf("after %q the mark is %q, %v, want %q", step.script, mark, err, step.want)
		}
	}
	if tables[0].Mark != "2 10" {
		t.Errorf("the table was read with the mark %q", tables[0].Mark)
	}
}
