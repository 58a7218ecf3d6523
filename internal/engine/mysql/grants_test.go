package mysql

import (
	"strings"
	"testing"

	"towpath/internal/engine"
)

// Findings about rights as MySQL 9.7 and MariaDB write them.
func TestReportExcess(t *testing.T) {
	t.Parallel()
	const all = "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, RELOAD, SHUTDOWN, PROCESS, FILE, " +
		"SUPER, CREATE USER ON *.* TO `a`@`%`"
	for name, c := range map[string]struct {
		lines []string
		want  []string // words of each finding
	}{
		"MySQL, a session's own right only": {
			lines: []string{
				"GRANT SESSION_VARIABLES_ADMIN ON *.* TO `a`@`%`",
				"GRANT ALL PRIVILEGES ON `my_97`.* TO `a`@`%`",
			},
		},
		"MySQL, all, told in two lines": {lines: []string{
			all,
			"GRANT AUDIT_ADMIN,CLONE_ADMIN ON *.* TO `a`@`%`",
		}, want: []string{"all databases"}},
		"MariaDB, all": {lines: []string{"GRANT ALL PRIVILEGES ON *.* TO `a`@`%` " +
			"IDENTIFIED BY PASSWORD '*X' WITH GRANT OPTION"}, want: []string{"all databases"}},
		"MariaDB, rights to the server": {lines: []string{
			"GRANT FILE, SUPER, PROCESS ON *.* TO `a`@`%`",
			"GRANT ALL PRIVILEGES ON `my\\_97`.* TO `a`@`%`",
		}, want: []string{"FILE, SUPER"}},
		"MySQL, dynamic rights to it": {
			lines: []string{"GRANT CREATE USER, ROLE_ADMIN ON *.* TO `a`@`%`"},
			want:  []string{"CREATE USER, ROLE_ADMIN"},
		},
		"another database, and the server's": {lines: []string{
			"GRANT SELECT ON `other`.* TO `a`@`%`",
			"GRANT ALL PRIVILEGES ON `mysql`.* TO `a`@`%`",
		}, want: []string{"other, mysql"}},
		"no right at all": {lines: []string{"GRANT USAGE ON *.* TO `a`@`%`"}},
	} {
		for _, database := range []string{"my_97", ""} {
			ck := &check{target: engine.Target{Database: database}}
			ck.reportExcess(readGrants(c.lines, database), "a@%")
			want := c.want
			if database == "" && name == "another database, and the server's" {
				want = []string{": mysql."} // an instance's user may have several databases
			}
			if len(ck.findings) != len(want) {
				t.Errorf("%s in %q: %+v", name, database, ck.findings)
				continue
			}
			for i, f := range ck.findings {
				named := strings.Contains(f.Fix, "ON `my\\_97`.*") && !strings.HasPrefix(f.Fix, "REVOKE")
				if !strings.Contains(f.Message, want[i]) || named != (database != "") ||
					(f.Fix == "") != (database == "") {
					t.Errorf("%s in %q: %+v", name, database, f)
				}
			}
		}
	}
}
