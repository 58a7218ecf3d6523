package mysql_test

import (
	"strings"
	"testing"
	"time"

	"towpath/internal/engine"
	"towpath/internal/engine/mysql"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	name := target.Database
	server.Exec(t, "CREATE USER full IDENTIFIED BY 'p'", "GRANT ALL ON "+name+".* TO full", "CREATE USER pattern IDENTIFIED BY 'p'",
		"GRANT ALL ON `sho_%`.* TO pattern", "CREATE USER poor IDENTIFIED BY 'p'", "GRANT SELECT, INSERT, UPDATE ON "+name+".* TO poor")
	as := func(user, tls string) engine.Target {
		t := target
		t.Username, t.Password = user, "p"
		t.Options = map[string]string{"tls": tls, "tlsCA": server.CA}
		return t
	}
	all, elsewhere, nonsense, localhost := target, target, target, as("full", "verify-full")
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
		{"rights by a pattern", as("pattern", "disable"), true, "", ""},
		{"rights on the whole server", all, true, "all databases", "REVOKE ALL ON *.* FROM `owner`@`%`; GRANT ALL ON `" + name + "`.* TO `owner`@`%`"},
		{"rights that are missing", as("poor", "disable"), false, "lacks", "GRANT DELETE, CREATE, ALTER, DROP, INDEX ON `" + name + "`.* TO `poor`@`%`"},
		{"a wrong password", as("nobody", "disable"), false, "refuses the user nobody", ""},
		{"nobody listens", elsewhere, false, "cannot be reached", ""},
		{"no address", nonsense, false, "host:port", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			report, err := mysql.New().Check(t.Context(), c.target)
			if err != nil || report.OK != c.ok || (len(report.Findings) == 0) != (c.want == "") {
				t.Fatalf("report is %+v, %v", report, err)
			}
			if c.want != "" && (!strings.Contains(report.Findings[0].Message, c.want) || !strings.HasPrefix(report.Findings[0].Fix, c.fix)) {
				t.Errorf("findings are %+v", report.Findings)
			}
		})
	}
}

func TestCheck_clock(t *testing.T) {
	t.Parallel()
	e := mysql.New()
	e.Now = func() time.Time { return time.Now().Add(time.Hour) }
	report, err := e.Check(t.Context(), server.Target())
	if err != nil || !report.OK || len(report.Findings) == 0 || !strings.Contains(report.Findings[0].Message, "clock differs by 1h") {
		t.Errorf("report is %+v, %v", report, err)
	}
}
