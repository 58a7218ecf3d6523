package postgres_test

import (
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
	"towpath/internal/statement"
)

// owned is a database with a user that may act as the role, which owns what files create.
func owned(t *testing.T, user, role string) engine.Target {
	t.Helper()
	target := server.Database(t)
	quoted := `"` + role + `"`
	server.Exec(t, target.Database, "CREATE ROLE "+user+" LOGIN PASSWORD 'p'", "CREATE ROLE "+quoted,
		"GRANT "+quoted+" TO "+user,
		"GRANT CREATE ON DATABASE "+target.Database+" TO "+user, "GRANT USAGE, CREATE ON SCHEMA public TO "+
			quoted)
	target.Username, target.Password = user, "p"
	target.Options[postgres.OptionRole] = role
	return target
}

func TestRole(t *testing.T) {
	t.Parallel()
	for user, role := range map[string]string{
		"sails_a": "user", "sails_b": "Größe & co",
		"sails_c": `app_owner`,
	} {
		target := owned(t, user, role)
		report, err := postgres.New().Check(t.Context(), target)
		if err != nil || !report.OK || len(report.Findings) > 0 {
			t.Errorf("report is %+v, %v", report, err)
		}
		db := open(t, target)
		o := options
		o.NoTx = true
		s := begin(t, db, o)
		for _, text := range []string{
			"CREATE TABLE alone (id int)",
			"CREATE INDEX CONCURRENTLY i ON alone (id)",
		} {
			if _, err := s.Exec(t.Context(), statement.Statement{Text: text, NoTx: true}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Exec(t.Context(),
			statement.Statement{Text: "CREATE INDEX CONCURRENTLY i ON nowhere (id)", NoTx: true}); kindOf(
			err) != engine.Failed {
			t.Errorf("error is %v", err)
		}
		if err := s.Record(t.Context(), entry("1")); err != nil {
			t.Fatalf("the ledger is not the user's: %v", err)
		}
		if _, err := s.ExecRecord(t.Context(), statement.Statement{Text: "CREATE TABLE short (id int)"},
			entry("2")); err != nil {
			t.Fatal(err)
		}
		s = begin(t, db, options)
		if _, err := s.Exec(t.Context(),
			statement.Statement{Text: "CREATE TABLE together (id int)"}); err != nil {
			t.Fatal(err)
		}
		if err := s.Record(t.Context(), entry("3")); err != nil {
			t.Fatal(err)
		}
		if err := s.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		literal := "'" + role + "'"
		server.Exec(t, target.Database,
			"DO $$ BEGIN ASSERT (SELECT count(*) FROM pg_class WHERE relowner = (SELECT oid FROM pg_roles WHERE rolname = "+literal+
				") AND relname IN ('alone', 'i', 'short', 'together')) = 4, 'owners'; ASSERT (SELECT relowner::regrole::text FROM pg_class WHERE relname = 'towpath_ledger') = '"+
				user+"', 'ledger'; END $$")
		report, err = postgres.New().Check(t.Context(), target)
		if err != nil || !report.OK || len(report.Findings) > 0 &&
			strings.Contains(report.Findings[0].Message, "ledger") {
			t.Errorf("report is %+v, %v", report, err)
		}
	}
}

func TestRole_isNotLeft(t *testing.T) {
	t.Parallel()
	db := open(t, owned(t, "stays", "stays_owner"))
	for _, text := range []string{
		"DO $$ BEGIN EXECUTE 'RESET ROLE'; END $$", "DO $$ BEGIN EXECUTE 'SET ROLE stays'; END $$",
		"DO $$ BEGIN EXECUTE 'RESET ROLE'; EXECUTE 'DELETE FROM towpath_ledger.towpath_ledger'; END $$",
		"DELETE FROM towpath_ledger.towpath_ledger",
	} {
		for _, noTx := range []bool{false, true} {
			o := options
			o.NoTx = noTx
			s := begin(t, db, o)
			if _, err := s.Exec(t.Context(), statement.Statement{Text: text, Verb: "DO"}); err == nil {
				t.Errorf("%s was taken", text)
			}
		}
	}
	if err := begin(t, db, options).Commit(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRole_thatCannotBe(t *testing.T) {
	t.Parallel()
	target := owned(t, "apart", "apart_owner")
	server.Exec(t, target.Database, "REVOKE apart_owner FROM apart", "CREATE SCHEMA apart_owner")
	for role, word := range map[string]string{
		"apart_owner": "may not SET ROLE",
		"nobody ü":    "no role nobody ü",
	} {
		target.Options[postgres.OptionRole] = role
		report, err := postgres.New().Check(t.Context(), target)
		if err != nil || report.OK || !strings.Contains(report.Findings[0].Message, word) ||
			!strings.Contains(report.Findings[0].Fix, "GRANT \"") {
			t.Errorf("report is %+v, %v", report, err)
		}
		s := begin(t, open(t, target), options)
		if _, err := s.Exec(t.Context(),
			statement.Statement{Text: "SELECT 1"}); kindOf(err) != engine.Failed {
			t.Errorf("error is %v", err)
		}
	}
	for st, err := range postgres.New().Split(strings.NewReader("SET LOCAL ROLE app_owner;")) {
		if err == nil || !strings.Contains(err.Error(), "option role") {
			t.Errorf("%s: %v", st.Text, err)
		}
	}
}

// The rights that the instance form shows for tables of another role.
func TestRole_asDescribed(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	owner, user := target.Database+"_owner", "migrate_"+target.Database
	sql := strings.ReplaceAll(postgres.New().Describe().Rights, "shop", target.Database)
	_, grant, found := strings.Cut(sql, "\n-- GRANT ")
	if !found {
		t.Fatalf("the rights say nothing of another role:\n%s", sql)
	}
	server.Exec(t, target.Database, "CREATE ROLE "+owner, "CREATE TABLE theirs (id int)",
		"ALTER TABLE theirs OWNER TO "+owner, "GRANT USAGE, CREATE ON SCHEMA public TO "+owner)
	server.Exec(t, target.Database, strings.SplitAfter(sql, ";\n")...)
	server.Exec(t, target.Database, "GRANT "+grant)
	target.Username, target.Password = user, "replace this"
	target.Options[postgres.OptionRole] = owner
	report, err := postgres.New().Check(t.Context(), target)
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("report is %+v, %v", report, err)
	}
	s := begin(t, open(t, target), options)
	if _, err := s.Exec(t.Context(),
		statement.Statement{Text: "ALTER TABLE theirs ADD COLUMN name text"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), entry("1")); err != nil {
		t.Fatal(err)
	}
	if err := s.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}
