package postgres_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/postgres"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	server.Exec(t, target.Database, "CREATE ROLE poor LOGIN PASSWORD 'p'",
		"CREATE ROLE poor2 LOGIN PASSWORD 'q'", "CREATE ROLE frozen LOGIN PASSWORD 'p'",
		"ALTER ROLE frozen SET default_transaction_read_only = on",
		"GRANT CREATE ON SCHEMA public TO poor, frozen", "GRANT CREATE ON DATABASE "+target.Database+
			" TO frozen", "CREATE SCHEMA taken", "CREATE ROLE enough LOGIN PASSWORD 'p'",
		"GRANT CREATE ON DATABASE "+target.Database+" TO enough", "GRANT CREATE ON SCHEMA public TO enough")
	as := func(user, tls, ledger string) engine.Target {
		t := target
		t.Options = map[string]string{"tls": tls, "tlsCA": server.CA, "ledgerSchema": ledger}
		if user != "" {
			t.Username, t.Password = user, "p"
		}
		return t
	}
	elsewhere, unknown, stranger := target, target, as("", "verify-ca", "")
	elsewhere.Address, unknown.Address = "127.0.0.1:1", "nowhere.invalid:5432"
	stranger.Options["tlsCA"] = enginetest.OtherCA(t)
	nonsense := target
	nonsense.Address = "postgres://x@y/z"
	localhost := as("", "verify-full", "")
	localhost.Address = strings.Replace(target.Address, "127.0.0.1", "localhost", 1)
	for _, c := range []struct {
		name      string
		target    engine.Target
		ok        bool
		want, fix string
	}{
		{"the default is TLS without a look at the name", as("enough", "", ""), true, "", ""},
		{"TLS with the right name", as("enough", "verify-full", ""), true, "", ""},
		{"TLS with the wrong name", localhost, false, "certificate", ""},
		{"TLS by a known authority", as("enough", "verify-ca", ""), true, "", ""},
		{"TLS by another authority", stranger, false, "certificate", ""},
		{"an unknown mode", as("", "maybe", ""), false, "TLS mode", ""},
		{"a wrong password", as("nobody", "disable", ""), false, "refuses the user nobody", ""},
		{
			"a wrong password of a user that is there", as("poor2", "disable", ""), false,
			"refuses the user poor2", "",
		},
		{"an unknown host", unknown, false, "no host named nowhere.invalid", ""},
		{"nobody listens", elsewhere, false, "cannot be reached", ""},
		{"no address", nonsense, false, "host:port", ""},
		{
			"no right to make the ledger", as("poor", "disable", ""), false, "schema towpath_ledger",
			`CREATE SCHEMA "towpath_ledger" AUTHORIZATION "poor"`,
		},
		{
			"no right to use the ledger's schema", as("poor", "disable", "taken"), false, "may not use",
			`GRANT USAGE, CREATE ON SCHEMA "taken" TO "poor"`,
		},
		{"read-only by default", as("frozen", "disable", ""), true, "read-only", "ALTER ROLE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			report, err := postgres.New().Check(t.Context(), c.target)
			if err != nil || report.OK != c.ok || (len(report.Findings) == 0) != (c.want == "") {
				t.Fatalf("report is %+v, %v", report, err)
			}
			if c.want != "" && (!strings.Contains(report.Findings[0].Message, c.want) ||
				!strings.HasPrefix(report.Findings[0].Fix, c.fix)) {
				t.Errorf("findings are %+v", report.Findings)
			}
		})
	}
}

func TestCheck_theFixHelps(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ user, before, ledger string }{
		{"no_schema", "SELECT 1", ""},
		{"not \"its\" schema", "CREATE SCHEMA taken", "taken"},
		{"no_public", "REVOKE ALL ON SCHEMA public FROM PUBLIC; CREATE SCHEMA towpath_ledger AUTHORIZATION " +
			"no_public", ""},
		{"read_only", "ALTER ROLE read_only SET default_transaction_read_only = on; CREATE SCHEMA " +
			"towpath_ledger AUTHORIZATION read_only", ""},
	} {
		t.Run(c.user, func(t *testing.T) {
			t.Parallel()
			target := server.Database(t)
			role := pgx.Identifier{c.user}.Sanitize()
			server.Exec(t, target.Database, "CREATE ROLE "+role+" LOGIN PASSWORD 'p'")
			server.Exec(t, target.Database, strings.Split(c.before, "; ")...)
			target.Username, target.Password = c.user, "p"
			target.Options = map[string]string{"tls": "disable", "ledgerSchema": c.ledger}
			e := postgres.New()
			report, err := e.Check(t.Context(), target)
			if err != nil || len(report.Findings) == 0 {
				t.Fatalf("report is %+v, %v", report, err)
			}
			for _, f := range report.Findings {
				server.Exec(t, target.Database, f.Fix)
			}
			if report, err = e.Check(t.Context(), target); err != nil || !report.OK ||
				len(report.Findings) != 0 {
				t.Errorf("report is %+v, %v", report, err)
			}
			s := begin(t, open(t, target), options)
			if err := errors.Join(s.Record(t.Context(), entry("1")),
				run(t.Context(), s, "CREATE TABLE public.a (id int)")); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCheck_clock(t *testing.T) {
	t.Parallel()
	e := postgres.New()
	e.Now = func() time.Time { return time.Now().Add(time.Hour) }
	report, err := e.Check(t.Context(), server.Target())
	if err != nil || !report.OK || len(report.Findings) == 0 || !strings.Contains(report.Findings[0].Message,
		"clock differs by 1h") {
		t.Errorf("report is %+v, %v", report, err)
	}
}

func TestBegin_workRunsOnAReadOnlyRole(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	server.Exec(t, target.Database, "ALTER DATABASE "+target.Database+
		" SET default_transaction_read_only = on")
	if err := run(t.Context(), begin(t, open(t, target), options), "CREATE TABLE a (id int)"); err != nil {
		t.Error(err)
	}
}
