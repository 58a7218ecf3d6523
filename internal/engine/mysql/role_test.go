package mysql_test

import (
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/mysql"
)

// roleChanges are about users of others; the place is the one where they are refused unless roles
// are allowed.
var roleChanges = []string{
	"CREATE USER web", "create user if not exists 'web'@'%' identified by 's3cret', `Web 2`@localhost",
	"CREATE OR REPLACE USER web@10.0.0.1 IDENTIFIED BY \"s\"",
	"CREATE USER web IDENTIFIED WITH caching_sha2_password BY 's3cret' DEFAULT ROLE reader, writer REQUIRE SSL WITH MAX_USER_CONNECTIONS 5 PASSWORD EXPIRE INTERVAL 90 DAY ACCOUNT LOCK", "CREATE USER web IDENTIFIED VIA ed25519 USING PASSWORD('s3cret') REQUIRE SUBJECT 'x' AND ISSUER 'y'", "CREATE USER 'ü'@'%' COMMENT 'it is @root'",
	"ALTER USER web IDENTIFIED BY PASSWORD '*0123'", "ALTER USER IF EXISTS web ACCOUNT UNLOCK",
	"ALTER USER web DEFAULT ROLE ALL", "DROP USER IF EXISTS web, 'web'@'10.%'", "CREATE ROLE reader",
	"CREATE ROLE IF NOT EXISTS reader, `table`", "DROP ROLE reader", "DROP ROLE IF EXISTS reader",
	"GRANT reader TO web", "GRANT reader, 'writer' TO web@'%', app2 WITH ADMIN OPTION",
	"REVOKE reader FROM web", "REVOKE ADMIN OPTION FOR reader FROM web", "/*!50700 CREATE USER web */",
	"DROP USER `current_user`", "DROP USER APP, `app2`",
}

// neverRoles are refused where roles are allowed, too.
var neverRoles = []struct{ script, at string }{
	{"ALTER USER app IDENTIFIED BY 's3cret'", "1:12"},
	{"ALTER USER web, 'app'@'10.%' ACCOUNT LOCK", "1:17"},
	{"DROP USER `app`@localhost", "1:11"},
	{"CREATE OR REPLACE USER \"app\"", "1:24"},
	{"DROP USER 'app '@'%'", "1:11"},
	{"GRANT reader TO app", "1:17"},
	{"GRANT app TO web", "1:7"},
	{"REVOKE reader FROM web, app", "1:25"},
	{"CREATE USER web DEFAULT ROLE app", "1:30"},
	{"ALTER USER CURRENT_USER IDENTIFIED BY 'x'", "1:12"},
	{"ALTER USER current_user() ACCOUNT LOCK", "1:12"},
	{"ALTER USER USER() IDENTIFIED BY 'x'", "1:12"},
	{"ALTER USER SESSION_USER () ACCOUNT LOCK", "1:12"},
	{"DROP ROLE CURRENT_ROLE", "1:11"},
	{"GRANT reader TO PUBLIC", "1:17"},
	{"GRANT ALL TO web", "1:7"},
	{"DROP USER root", "1:11"},
	{"ALTER USER 'ROOT'@'localhost' IDENTIFIED BY 'x'", "1:12"},
	{"GRANT root TO web", "1:7"},
	{"DROP USER 'mysql.sys'@localhost", "1:11"},
	{"DROP USER `mariadb.sys`@localhost", "1:11"},
	{"CREATE USER ''@'localhost'", "1:13"},
	{"ALTER USER 'ro\\ot' ACCOUNT LOCK", "1:12"},
	{"ALTER USER 'a''p' ACCOUNT LOCK", "1:12"},
	{"ALTER USER _utf8mb4'app' ACCOUNT LOCK", "1:20"},
	{"DROP USER N'app'", "1:12"},
	{"DROP USER 0x617070", ""}, // a name of its own
	{"CREATE USER web IDENTIFIED BY s3cret", "1:31"},
	{"CREATE USER web IDENTIFIED WITH unix_socket", "1:33"},
	{"CREATE USER web IDENTIFIED BY RANDOM PASSWORD", "1:31"},
	{"ALTER USER web REPLACE 's3cret'", "1:16"},
	{"ALTER USER web IDENTIFIED BY 'x' RETAIN CURRENT PASSWORD", "1:34"},
	{"CREATE USER a IDENTIFIED BY 'x' 's3cret'", "1:33"},
	{"CREATE USER", "1:1"},
	{"DROP USER a,", "1:12"},
	{"ALTER ROLE a", "1:1"},
	{"RENAME USER web TO app2", "1:1"},
	{"GRANT ALL ON *.* TO web", "1:14"},
	{"GRANT reader TO web IDENTIFIED BY 's3cret'", "1:21"},
	{"GRANT PROXY ON web TO web2", "1:7"},
	{"REVOKE ALL PRIVILEGES, GRANT OPTION FROM web", "1:8"},
	{"CREATE ROLE r WITH ADMIN app", "1:15"},
	{"SET PASSWORD FOR web = 's3cret'", "1:5"},
	{"SET DEFAULT ROLE r TO web", "1:5"},
	{"CREATE PROCEDURE p() BEGIN CREATE USER web; END", "1:28"},
	{"CREATE PROCEDURE p() BEGIN GRANT r TO web; END", "1:28"},
	{"CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DROP USER web", "1:43"},
	{
		"DROP USER web /*!80000 , app */",
		"1:26",
	},
	{"DROP /*M!100500 USER app */ /*!80000 ROLE web */", "1:29"},
	{"DROP USER a" + strings.Repeat(", a", 500), "1:1511"},
}

func TestVet_roles(t *testing.T) {
	t.Parallel()
	target := engine.Target{Database: "shop", Username: "app", AllowRoles: true}
	for _, script := range roleChanges {
		if at := enginetest.RefusedAt(t, mysql.New(), target, script); at != "" {
			t.Errorf("%s: refused at %s", script, at)
		}
		if at := enginetest.RefusedAt(t, mysql.New(), shop, "SELECT 1;\n "+
			script); at == "" || !strings.HasPrefix(at, "2:") {
			t.Errorf("%s: refused at %q where roles are not allowed", script, at)
		}
	}
	for _, a := range neverRoles {
		if at := enginetest.RefusedAt(t, mysql.New(), target, a.script); at != a.at {
			t.Errorf("%.60s: refused at %q, want %s", a.script, at, a.at)
		}
	}
}

func TestSession_changesUsersWhereTheyAreAllowed(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	target.AllowRoles = true
	o := options
	o.NoTx = true
	name := "`user of " + target.Database + "`"
	s := begin(t, open(t, target), o)
	err := run(t.Context(), s, "CREATE TABLE t (id INT); CREATE USER "+name+
		"@'%' IDENTIFIED BY 'x' PASSWORD EXPIRE NEVER; CREATE ROLE `r"+target.Database+"`; GRANT `r"+
		target.Database+"` TO "+name+
		"@'%'; GRANT SELECT ON t TO "+name+"@'%'; DROP ROLE `r"+target.Database+"`; ALTER USER "+name+
		"@'%' ACCOUNT LOCK; DROP USER "+name+"@'%'")
	if err != nil {
		t.Error(err)
	}
	if err := run(t.Context(), begin(t, open(t, target), o),
		"SET @u = 'CREATE USER sneaky'; PREPARE p FROM @u"); kindOf(err) != engine.Refused {
		t.Errorf("prepared: %v", err)
	}
	err = run(t.Context(), begin(t, open(t, target), o), "CREATE USER "+name+" REQUIRE AND COMMENT 's3cret'")
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("what the server does not read: %v", err)
	}
	target.AllowRoles = false
	if err := run(t.Context(), begin(t, open(t, target), o),
		"CREATE USER sneaky"); kindOf(err) != engine.Refused {
		t.Errorf("not allowed: %v", err)
	}
}
