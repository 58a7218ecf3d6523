package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
)

// The check names excessive rights, with statements that revoke them and leave what a migration
// needs.
func TestCheck_saysWhatIsTooMuch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		user, more string
		want       []string // words of the findings, in their order
	}{
		{"just", "", nil},
		{
			"attributes ü", "ALTER ROLE USER CREATEROLE CREATEDB REPLICATION BYPASSRLS",
			[]string{"make roles and change their passwords (CREATEROLE), make databases (CREATEDB), copy"},
		},
		{"one_attribute", "ALTER ROLE USER CREATEDB", []string{"may make databases (CREATEDB). A migration"}},
		{"file_reader", "GRANT pg_read_server_files TO USER", []string{"member of pg_read_server_files"}},
		{
			"by_another", "CREATE ROLE \"ops & co\" CREATEROLE; GRANT pg_execute_server_program TO \"ops & " +
				"co\"; GRANT \"ops & co\" TO USER",
			[]string{"member of ops & co, and so has what ops & co, pg_execute_server_program"},
		},
		{
			"super_member", "GRANT owner TO USER; GRANT pg_write_server_files TO USER",
			[]string{"member of owner", "member of pg_write_server_files"},
		},
		{"maker", "GRANT CREATE ON DATABASE OTHER TO USER", []string{"other databases too: shop"}},
		{
			"keyring", "ALTER DATABASE OTHER OWNER TO USER; ALTER ROLE USER CREATEDB",
			[]string{"(CREATEDB)", "other databases too: shop"},
		},
	} {
		t.Run(c.user, func(t *testing.T) {
			t.Parallel()
			target, other := server.Database(t), server.Database(t)
			role := pgx.Identifier{c.user}.Sanitize()
			server.Exec(t, target.Database, "CREATE ROLE "+role+" LOGIN PASSWORD 'p'",
				"GRANT CREATE ON DATABASE "+target.Database+" TO "+role,
				"GRANT CREATE ON SCHEMA public TO "+role)
			for _, text := range strings.Split(c.more, "; ") {
				if text != "" {
					server.Exec(t, target.Database,
						strings.NewReplacer("USER", role, "OTHER", other.Database).Replace(text))
				}
			}
			target.Username, target.Password = c.user, "p"
			report := check(t, target)
			for i, f := range report.Findings {
				if f.Severity != "warning" || i >= len(c.want) || !strings.Contains(f.Message, c.want[i]) {
					t.Errorf("finding %d is %+v, want %q", i, f, c.want)
				}
				for text := range strings.SplitSeq(f.Fix, "\n") {
					server.Exec(t, target.Database, text)
				}
			}
			if len(report.Findings) != len(c.want) {
				t.Errorf("%d findings, want %d: %+v", len(report.Findings), len(c.want), report.Findings)
			}
			if after := check(t, target); len(after.Findings) != 0 {
				t.Errorf("it stays %+v", after)
			}
			s := begin(t, open(t, target), options)
			if err := errors.Join(s.Record(t.Context(), entry("1")),
				run(t.Context(), s, "CREATE TABLE a (id int)")); err != nil {
				t.Error(err)
			}
		})
	}
}

func check(t *testing.T, target engine.Target) engine.Report {
	t.Helper()
	report, err := postgres.New().Check(t.Context(), target)
	if err != nil || !report.OK {
		t.Fatalf("report is %+v, %v", report, err)
	}
	return report
}

// For a superuser the finding explains how to create the right user, and that user is enough.
func TestCheck_superuser(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	report := check(t, target)
	if len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Message, "owner is a superuser") {
		t.Fatalf("findings are %+v", report.Findings)
	}
	for text := range strings.SplitSeq(report.Findings[0].Fix, "\n") {
		server.Exec(t, target.Database, text)
	}
	target.Username, target.Password = "migrate_"+target.Database, "replace this"
	if diff := cmp.Diff(0, len(check(t, target).Findings)); diff != "" {
		t.Error(diff)
	}
	instance := server.Target()
	if findings := check(t, instance).Findings; len(findings) != 1 ||
		!strings.Contains(findings[0].Fix, "CREATE ROLE ") {
		t.Errorf("findings are %+v", findings)
	}
}

func TestCheck_oneUserForSeveralDatabases(t *testing.T) {
	t.Parallel()
	instance, first, second := server.Target(), server.Database(t), server.Database(t)
	server.Exec(t, "postgres", "CREATE ROLE of_both LOGIN PASSWORD 'p'", "ALTER DATABASE "+first.Database+
		" OWNER TO of_both")
	instance.Username, instance.Password = "of_both", "p"
	if findings := check(t, instance).Findings; len(findings) != 0 {
		t.Errorf("of one database: %+v", findings)
	}
	server.Exec(t, "postgres", "GRANT CREATE ON DATABASE "+second.Database+" TO of_both")
	findings := check(t, instance).Findings
	if len(findings) != 1 || !strings.Contains(findings[0].Message, first.Database) ||
		!strings.Contains(findings[0].Message, second.Database) {
		t.Errorf("findings are %+v", findings)
	}
}
