package history

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// flywayColumns are those of Flyway's table in every version since 4.
var flywayColumns = strings.Fields(
	"installed_rank version description type script checksum installed_by installed_on execution_time success")

func flywayRow(version, kind, script, success string) Row {
	r := Row{
		"type": kind, "script": script, "checksum": "-42", "success": success,
		"installed_on": "2026-03-01 08:00:00.5",
	}
	if version != "" {
		r["version"] = version
	}
	return r
}

// render writes entries as the cases below do.
func render(entries []Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "%s|%s|%s", e.Version, e.Name, e.State)
		if e.UpTo {
			b.WriteString("|and older")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		table   string
		columns string
		rows    []Row
		want    string
	}{
		{"flyway", "flyway_schema_history", strings.Join(flywayColumns, " "), []Row{
			flywayRow("", "SCHEMA", `"shop"`, "t"),
			flywayRow("1", "BASELINE", "<< Flyway Baseline >>", "t"),
			flywayRow("2", "SQL", "V2__a.sql", "t"),
			flywayRow("3", "SQL", "V3__b.sql", "f"),
			flywayRow("4", "SQL", "V4__c.sql", "1"),
			flywayRow("4", "UNDO_SQL", "U4__c.sql", "1"),
			flywayRow("5", "DELETE", "V5__d.sql", "1"),
			flywayRow("6", "SURPRISE", "V6__e.sql", "1"),
			flywayRow("7", "SQL", "V7__e.sql", "perhaps"),
			flywayRow("", "SQL", "R__views.sql", "t"),
		}, "1|<< Flyway Baseline >>|baseline|and older\n2|V2__a.sql|applied\n3|V3__b.sql|unknown\n" +
			"4|U4__c.sql|undone\n5|V5__d.sql|undone\n6|V6__e.sql|unknown\n7|V7__e.sql|unknown\n" +
			"|R__views.sql|applied\n"},
		{
			"golang-migrate", "schema_migrations", "version dirty", []Row{{"version": "12", "dirty": "f"}},
			"12||applied|and older\n",
		},
		{
			"golang-migrate, dirty", "schema_migrations", "version dirty",
			[]Row{{"version": "12", "dirty": "1"}}, "12||unknown|and older\n",
		},
		{"goose", "goose_db_version", "id version_id is_applied tstamp", []Row{
			{"version_id": "0", "is_applied": "t"}, {"version_id": "1", "is_applied": "t"},
			{"version_id": "2", "is_applied": "t"}, {"version_id": "2", "is_applied": "f"},
			{"version_id": "1", "is_applied": "f"}, {"version_id": "1", "is_applied": "t"},
		}, "1||applied\n2||undone\n"},
		{"prisma", "_prisma_migrations", "id checksum finished_at migration_name logs rolled_back_at " +
			"started_at applied_steps_count", []Row{
			{"migration_name": "1_a", "checksum": "aa", "finished_at": "2026-01-01 00:00:00+00"},
			{"migration_name": "2_b", "checksum": "bb"},
			{"migration_name": "3_c", "checksum": "cc", "rolled_back_at": "2026-01-01 00:00:00+00"},
			{"migration_name": "4_d", "checksum": "dd", "rolled_back_at": "2026-01-01 00:00:00+00"},
			{"migration_name": "4_d", "checksum": "dd", "finished_at": "2026-01-02 00:00:00+00"},
		}, "|1_a|applied\n|2_b|unknown\n|3_c|undone\n|4_d|applied\n"},
		{"sqlx", "_sqlx_migrations", "version description installed_on success checksum execution_time", []Row{
			{"version": "1", "success": "true"}, {"version": "2", "success": "0"},
		}, "1||applied\n2||unknown\n"},
		{"atlas", "atlas_schema_revisions", "version description type applied total executed_at " +
			"execution_time error error_stmt hash partial_hashes operator_version", []Row{
			{"version": ".atlas_cloud_identifier", "type": "2", "applied": "0", "total": "0"},
			{"version": "1", "type": "1", "applied": "0", "total": "0"},
			{"version": "2", "type": "2", "applied": "3", "total": "3"},
			{"version": "3", "type": "2", "applied": "1", "total": "3", "error": "no"},
		}, "1||baseline|and older\n2||applied\n3||unknown\n"},
		{"liquibase", "DATABASECHANGELOG", "ID AUTHOR FILENAME DATEEXECUTED ORDEREXECUTED EXECTYPE MD5SUM " +
			"DESCRIPTION COMMENTS TAG LIQUIBASE CONTEXTS LABELS DEPLOYMENT_ID", []Row{
			{"id": "1", "author": "jörg", "filename": "db/a.sql", "exectype": "EXECUTED"},
			{"id": "2", "author": "jörg", "filename": "db/a.sql", "exectype": "FAILED"},
			{"id": "3", "author": "jörg", "filename": "db/a.sql", "exectype": "SKIPPED"},
		}, "jörg:1|db/a.sql|applied\njörg:2|db/a.sql|unknown\njörg:3|db/a.sql|unknown\n"},
		{
			"tern", "schema_version", "version", []Row{{"version": "3"}}, "3||applied|and older\n",
		},
		{
			"sqitch", "changes", "change_id script_hash change project note committed_at committer_name " +
				"committer_email planned_at planner_name planner_email",
			[]Row{{"change": "users", "script_hash": "ab"}}, "|users|applied\n",
		},
		{
			"django", "django_migrations", "id app name applied",
			[]Row{{"app": "shop", "name": "0001_initial"}}, "|shop.0001_initial|applied\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			table := Table{Name: c.table, Columns: strings.Fields(c.columns), Rows: c.rows}
			if c.name == "sqitch" {
				table.Schema = c.name
			}
			got := Read([]Table{table})
			if len(got) != 1 {
				t.Fatalf("read %d histories", len(got))
			}
			if text := render(got[0].Entries); text != c.want {
				t.Errorf("read\n%swant\n%s", text, c.want)
			}
		})
	}
}

func TestRead_leavesOutTablesOfApplications(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ schema, table, columns string }{
		{"", "schema_migrations", "id version name executed_at checksum"},
		{"", "schema_migrations", "version dirty owner"},
		{"", "migrations", "id migration batch"},
		{"", "changes", "id order_id amount"},
		{"", "__drizzle_migrations", "id hash"},
		{"shop", "changes", "change_id script_hash change project committed_at committer_name"},
		{"", "schema_version", "version installed_at"},
		{"", "orders", "version"},
		{"", railsMark, "key value created_at updated_at"},
	} {
		table := Table{Schema: c.schema, Name: c.table, Columns: strings.Fields(c.columns)}
		if got := Read([]Table{table}); len(got) > 0 {
			t.Errorf("%s (%s) is taken for the history of %v", c.table, c.columns, got[0].Tools)
		}
	}
}

func TestRead_namesBothToolsOfASharedTable(t *testing.T) {
	t.Parallel()
	shared := Table{Name: "schema_migrations", Columns: []string{"version"}, Rows: []Row{{"version": "1"}}}
	if got := Read([]Table{shared}); fmt.Sprint(got[0].Tools) != "[dbmate Rails]" || got[0].Heads {
		t.Errorf("the table alone belongs to %v", got[0].Tools)
	}
	mark := Table{Name: railsMark, Columns: []string{"key", "value", "created_at", "updated_at"}}
	if got := Read([]Table{shared, mark}); fmt.Sprint(got[0].Tools) != "[Rails]" || !got[0].Heads {
		t.Errorf("beside %s it belongs to %v", railsMark, got[0].Tools)
	}
}

func TestRead_knowsSupabaseByItsSchema(t *testing.T) {
	t.Parallel()
	table := Table{
		Schema:  "supabase_migrations",
		Name:    "schema_migrations",
		Columns: []string{"version", "name", "statements"},
	}
	for range 2 {
		if got := Read([]Table{table}); len(got) != 1 || fmt.Sprint(got[0].Tools) != "[Supabase]" {
			t.Errorf("with the columns %v it is %v", table.Columns, got)
		}
		table.Columns = []string{"version"} // as in older versions, and as dbmate's
	}
}

func TestRead_aNewRowChangesTheFingerprint(t *testing.T) {
	t.Parallel()
	table := Table{Name: "gorp_migrations", Columns: []string{"id", "applied_at"}}
	seen := map[string]bool{}
	for range 3 {
		seen[Read([]Table{table})[0].Fingerprint] = true
		table.Rows = append(table.Rows, Row{"id": fmt.Sprint(len(table.Rows), ".sql")})
	}
	if len(seen) != 3 {
		t.Errorf("three states have %d fingerprints", len(seen))
	}
}

// The checksum of a row is the tool's word. Whatever the rows are, reading them does not fail, and
// a row that nobody understands is not applied.
func TestRead_takesAnyRow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.SampledFrom(Forms()).Draw(t, "form")
		if f.Tool == "" {
			return
		}
		value := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "0", "1", "t", "f", "SQL", "\x00"}))
		rows := rapid.SliceOfN(rapid.MapOf(rapid.SampledFrom(f.Columns), value), 0, 8).Draw(t, "rows")
		table := Table{Schema: f.Schema, Name: f.Table, Columns: f.Columns}
		for _, r := range rows {
			table.Rows = append(table.Rows, r)
		}
		for _, e := range Read([]Table{table})[0].Entries {
			if e.State == "" {
				t.Fatalf("%s: an entry of %v has no state", f.Tool, table.Rows)
			}
		}
	})
}
