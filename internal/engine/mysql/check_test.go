package mysql_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/mysql"
)

// check leaves out that the server is a node of a cluster, which it may be here.
func check(t *testing.T, e *mysql.Engine, target engine.Target) (engine.Report, error) {
	t.Helper()
	report, err := e.Check(t.Context(), target)
	report.Findings = slices.DeleteFunc(report.Findings,
		func(f engine.Finding) bool { return strings.Contains(f.Message, "a node of a Galera cluster") })
	return report, err
}

func TestCheck(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	name := target.Database
	server.Exec(t, "CREATE USER full IDENTIFIED BY 'p'", "GRANT ALL ON "+name+".* TO full",
		"CREATE USER pattern IDENTIFIED BY 'p'",
		"GRANT ALL ON `sho_%`.* TO pattern", "CREATE USER poor IDENTIFIED BY 'p'",
		"GRANT SELECT, INSERT, UPDATE ON "+name+".* TO poor", "CREATE USER poor2 IDENTIFIED BY 'q'",
		"CREATE USER secure IDENTIFIED BY 'p' REQUIRE SSL", "GRANT ALL ON "+name+".* TO secure")
	as := func(user, tls string) engine.Target {
		t := target
		t.Username, t.Password = user, "p"
		t.Options = map[string]string{"tls": tls, "tlsCA": server.CA}
		return t
	}
	all, elsewhere, unknown, nonsense := target, target, target, target
	localhost, stranger := as("full", "verify-full"), as("full", "verify-ca")
	stranger.Options["tlsCA"] = enginetest.OtherCA(t)
	unknown.Address = "nowhere.invalid"
	all.Options = nil
	elsewhere.Address, nonsense.Address = "127.0.0.1:1", "mysql://x/y"
	localhost.Address = strings.Replace(target.Address, "127.0.0.1", "localhost", 1)
	for _, c := range []struct {
		name      string
		target    engine.Target
		ok        bool
		want, fix string
	}{
		{"the default is TLS without a look at the name", as("full", ""), true, "", ""},
		{"TLS with the right name", as("full", "verify-full"), true, "", ""},
		{"TLS with the wrong name", localhost, false, "certificate", ""},
		{"TLS by a known authority", as("full", "verify-ca"), true, "", ""},
		{"TLS by another authority", stranger, false, "certificate", ""},
		{"a user who must use TLS, and does", as("secure", "require"), true, "", ""},
		{
			"a user who must use TLS, and does not", as("secure", "disable"), false,
			"refuses the user secure", "",
		},
		{"rights by a pattern", as("pattern", "disable"), true, "", ""},
		{"rights on the whole server", all, true, "all databases", "CREATE USER `towpath_" + name +
			"`@`%` IDENTIFIED BY '…'; GRANT ALL ON `" + name + "`.* TO `towpath_" + name + "`@`%`"},
		{
			"rights that are missing", as("poor", "disable"), false, "lacks",
			"GRANT DELETE, CREATE, ALTER, DROP, INDEX ON `" + name + "`.* TO `poor`@`%`",
		},
		{"a wrong password", as("nobody", "disable"), false, "refuses the user nobody", ""},
		{
			"a wrong password of a user that is there", as("poor2", "disable"), false,
			"refuses the user poor2", "",
		},
		{"an unknown host", unknown, false, "no host named nowhere.invalid", ""},
		{"nobody listens", elsewhere, false, "cannot be reached", ""},
		{"no address", nonsense, false, "host:port", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			report, err := check(t, mysql.New(), c.target)
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
	for _, c := range []struct{ user, grant string }{
		{"some", "GRANT SELECT, INSERT ON DB.* TO some"},
		{"file", "GRANT FILE, SUPER ON *.* TO file; GRANT ALL ON DB.* TO file"},
		{"odd `one`", "GRANT DROP ON DB.* TO `odd ``one```"},
	} {
		t.Run(c.user, func(t *testing.T) {
			t.Parallel()
			target := server.Database(t)
			server.Exec(t, "CREATE USER `"+strings.ReplaceAll(c.user, "`", "``")+"` IDENTIFIED BY 'p'")
			server.Exec(t, strings.Split(strings.ReplaceAll(c.grant, "DB", target.Database), "; ")...)
			target.Username, target.Password = c.user, "p"
			e := mysql.New()
			report, err := check(t, e, target)
			if err != nil || len(report.Findings) != 1 {
				t.Fatalf("report is %+v, %v", report, err)
			}
			server.Exec(t, strings.Split(report.Findings[0].Fix, "; ")...)
			if report, err = check(t, e, target); err != nil || !report.OK || len(report.Findings) != 0 {
				t.Errorf("report is %+v, %v", report, err)
			}
			s := begin(t, open(t, target), options)
			if err := errors.Join(s.Record(t.Context(), entry("1")),
				run(t.Context(), s,
					"CREATE TABLE a (id INT); ALTER TABLE a ADD INDEX (id); DROP TABLE a")); err != nil {
				t.Error(err)
			}
		})
	}
}

// The server's list of rights differs by version: its pure test has the known lines.
func TestCheck_rightsToTheServerAreSaidOnce(t *testing.T) {
	t.Parallel()
	quiet := "BINLOG MONITOR"
	if server.MySQL {
		quiet = "SESSION_VARIABLES_ADMIN"
	}
	for user, c := range map[string]struct{ grant, want string }{
		"session_only": {"GRANT " + quiet + ", PROCESS ON *.* TO session_only", ""},
		"everything":   {"GRANT ALL ON *.* TO everything", "rights on all databases"},
		"filer":        {"GRANT FILE, " + quiet + " ON *.* TO filer", "FILE."},
	} {
		own := server.Database(t)
		server.Exec(t, "CREATE USER "+user+" IDENTIFIED BY 'p'", "GRANT ALL ON "+own.Database+".* TO "+user,
			c.grant)
		own.Username, own.Password = user, "p"
		whole := own
		whole.Database = "" // as the instance is tried
		for _, target := range []engine.Target{own, whole} {
			report, err := check(t, mysql.New(), target)
			if err != nil || !report.OK || (len(report.Findings) == 1) != (c.want != "") {
				t.Errorf("%s on %q: %+v, %v", user, target.Database, report, err)
			}
			for _, f := range report.Findings {
				if !strings.Contains(f.Message, c.want) || strings.Contains(f.Fix, "``") ||
					strings.HasPrefix(f.Fix, "REVOKE") {
					t.Errorf("%s on %q: %+v", user, target.Database, f)
				}
			}
		}
	}
}

// Not parallel: it makes the whole server read-only, and runs before the parallel tests.
func TestCheck_readOnly(t *testing.T) {
	target := server.Database(t)
	server.Exec(t, "CREATE USER replica IDENTIFIED BY 'p'", "GRANT ALL ON "+target.Database+".* TO replica",
		"SET GLOBAL read_only = 1")
	t.Cleanup(func() { server.Exec(t, "SET GLOBAL read_only = 0") })
	target.Username, target.Password = "replica", "p"
	report, err := check(t, mysql.New(), target)
	if err != nil || report.OK || len(report.Findings) != 1 || !strings.Contains(report.Findings[0].Message,
		"read-only") {
		t.Errorf("report is %+v, %v", report, err)
	}
	_, err = open(t, target).Begin(t.Context(), options)
	if kindOf(err) != engine.Failed || !strings.Contains(err.Error(), "read-only") {
		t.Errorf("error is %v", err)
	}
}

func TestCheck_clock(t *testing.T) {
	t.Parallel()
	e := mysql.New()
	e.Now = func() time.Time { return time.Now().Add(time.Hour) }
	report, err := check(t, e, server.Target())
	if err != nil || !report.OK || len(report.Findings) == 0 || !strings.Contains(report.Findings[0].Message,
		"clock differs by 1h") {
		t.Errorf("report is %+v, %v", report, err)
	}
}
