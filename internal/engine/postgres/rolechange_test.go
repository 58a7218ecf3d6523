package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/postgres"
	"towpath/internal/statement"
)

// roleChanges are about roles of others; the place is the one where they are refused unless roles
// are allowed.
var roleChanges = []string{
	"CREATE ROLE app", "create user app with login password 's3cret'", "CREATE GROUP g USER a, b",
	`CREATE ROLE "Ä b""c" NOLOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT -1`,
	"CREATE ROLE app ENCRYPTED PASSWORD E's3\\'cret' VALID UNTIL '2030-01-01' IN ROLE readers, writers ADMIN boss ROLE x",
	"CREATE USER app PASSWORD $$s3cret$$", "CREATE ROLE app PASSWORD NULL \"login\"",
	"ALTER ROLE app PASSWORD 's'", "ALTER USER app WITH NOLOGIN", "ALTER ROLE app RENAME TO app2",
	"ALTER GROUP g ADD USER a, b", "ALTER GROUP g DROP USER a",
	"ALTER ROLE app SET search_path = shop, public", "ALTER ROLE app IN DATABASE shop SET work_mem TO '5MB'",
	"ALTER ROLE app RESET search_path", "ALTER ROLE app SET my.setting = 'x'",
	"DROP ROLE IF EXISTS app, app2", "DROP USER app", "DROP GROUP g", `DROP ROLE "if"`,
	"GRANT readers TO app", "GRANT readers, writers TO app, app2 WITH ADMIN OPTION",
	"GRANT a TO b WITH INHERIT TRUE, SET FALSE GRANTED BY c", "REVOKE readers FROM app CASCADE",
	"REVOKE ADMIN OPTION FOR a FROM b", "REVOKE admin FROM b", "COMMENT ON ROLE app IS 'the application'",
	"COMMENT ON ROLE app IS NULL", `DROP ROLE "current_user"`, "DROP ROLE Select1, ſchema",
	`DROP ROLE "OWNER"`, `DROP ROLE "owner "`,
}

// neverRoles are refused where roles are allowed, too.
var neverRoles = []attack{
	{"ALTER ROLE owner PASSWORD 'x'", "1:12"},
	{"ALTER ROLE OwNeR NOLOGIN", "1:12"},
	{`ALTER USER "owner" RENAME TO gone`, "1:12"},
	{"ALTER ROLE a RENAME TO owner", "1:24"},
	{"DROP ROLE a, b, owner", "1:17"},
	{"GRANT owner TO a", "1:7"},
	{"GRANT a TO owner", "1:12"},
	{"REVOKE a FROM Owner", "1:15"},
	{"CREATE ROLE a IN ROLE owner", "1:23"},
	{"CREATE ROLE a ROLE b ADMIN owner", "1:28"},
	{"CREATE GROUP g USER owner", "1:21"},
	{"ALTER GROUP g ADD USER owner", "1:24"},
	{"COMMENT ON ROLE owner IS ''", "1:17"},
	{"GRANT a TO b GRANTED BY owner", "1:25"},
	{"ALTER ROLE CURRENT_USER PASSWORD 'x'", "1:12"},
	{"ALTER ROLE session_user NOLOGIN", "1:12"},
	{"DROP ROLE Current_Role", "1:11"},
	{"GRANT a TO CURRENT_USER", "1:12"},
	{"CREATE ROLE a ROLE SESSION_USER", "1:20"},
	{"ALTER ROLE ALL SET search_path = a", "1:12"},
	{"GRANT a TO PUBLIC", "1:12"},
	{"CREATE ROLE a SUPERUSER", "1:15"},
	{"CREATE ROLE a LOGIN CREATEROLE", "1:21"},
	{`CREATE ROLE a "superuser"`, "1:15"},
	{"ALTER ROLE a WITH REPLICATION", "1:19"},
	{"ALTER USER a BYPASSRLS", "1:14"},
	{"CREATE USER a CREATEDB", "1:15"},
	{"CREATE USER a CREATEUSER", "1:15"},
	{"CREATE ROLE a SYSID 10", "1:15"},
	{"ALTER ROLE a SET lock_timeout = 0", "1:18"},
	{"ALTER ROLE a SET \"statement_timeout\" = 0", "1:18"},
	{"ALTER ROLE a SET role = owner", "1:18"},
	{
		"ALTER ROLE a SET session_replication_role TO replica",
		"1:18",
	},
	{"ALTER ROLE a RESET ALL", "1:20"},
	{
		"ALTER ROLE a IN DATABASE billing SET work_mem = '1MB'",
		"1:26",
	},
	{"ALTER ROLE a IN DATABASE shop LOGIN", "1:31"},
	{"GRANT pg_read_server_files TO a", "1:7"},
	{"GRANT pg_read_all_data TO a", "1:7"},
	{"CREATE ROLE a IN ROLE pg_monitor", "1:23"},
	{"DROP ROLE postgres", "1:11"},
	{"CREATE USER MAPPING FOR a SERVER s", "1:1"},
	{"DROP USER MAPPING IF EXISTS FOR a SERVER s", "1:1"},
	{"SECURITY LABEL ON ROLE a IS 'x'", "1:1"},
	{"CREATE ROLE a PASSWORD s3cret", "1:24"},
	{`CREATE ROLE a PASSWORD "s3cret"`, "1:24"},
	{"CREATE ROLE a PASSWORD 'x' 's3cret'", "1:28"},
	{"CREATE ROLE a s3cret", "1:15"},
	{"CREATE ROLE", "1:1"},
	{"CREATE ROLE 5", "1:13"},
	{"DROP ROLE a,", "1:12"},
	{"GRANT a(b) TO c", "1:8"},
	{"GRANT a TO b WITH GRANT OPTION", "1:19"},
	{"ALTER ROLE 'a' LOGIN", "1:12"},
	{"DROP ROLE a" + strings.Repeat(", a", 500), "1:1511"},
}

func TestVet_roles(t *testing.T) {
	t.Parallel()
	target := engine.Target{Database: "shop", Username: "owner", AllowRoles: true}
	for _, script := range roleChanges {
		if at := enginetest.RefusedAt(t, postgres.New(), target, script); at != "" {
			t.Errorf("%s: refused at %s", script, at)
		}
		plain := engine.Target{Database: "shop", Username: "owner"}
		if at := enginetest.RefusedAt(t, postgres.New(), plain, "SELECT 1;\n "+script); at != "2:2" {
			t.Errorf("%s: refused at %q where roles are not allowed", script, at)
		}
	}
	for _, a := range neverRoles {
		if at := enginetest.RefusedAt(t, postgres.New(), target, a.script); at != a.at {
			t.Errorf("%.60s: refused at %q, want %s", a.script, at, a.at)
		}
	}
}

// The server cuts names at 63 bytes, and in some databases lowers all letters.
func TestVet_findsTheOwnUserAsTheServerDoes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 62) + "ü"
	for own, script := range map[string]string{
		strings.Repeat("b", 63): "DROP ROLE " + strings.Repeat("B", 64),
		strings.Repeat("a", 62): "DROP ROLE " + long + "x", "me": `DROP ROLE "maker"`,
		"über": "DROP ROLE ÜBER", `a"b`: `DROP ROLE "a""b"`,
	} {
		if at := enginetest.RefusedAt(t, postgres.New(), engine.Target{
			Username: own, AllowRoles: true,
			Options: map[string]string{postgres.OptionRole: "maker"},
		}, script); at != "1:11" {
			t.Errorf("%s as %s: refused at %q", script, own, at)
		}
	}
}

func TestSession_changesRolesWhereTheyAreAllowed(t *testing.T) {
	t.Parallel()
	target := asOwner(t, `Owner of "roles"`)
	target.AllowRoles = true
	server.Exec(t, target.Database, "CREATE ROLE mighty SUPERUSER", "CREATE ROLE heir ROLE mighty",
		"CREATE ROLE monitor_member IN ROLE pg_monitor",
		`CREATE ROLE acts_as_owner IN ROLE "Owner of ""roles"""`)
	for _, noTx := range []bool{false, true} {
		o := options
		o.NoTx = noTx
		db := open(t, target)
		s := begin(t, db, o)
		err := run(t.Context(), s, `CREATE TABLE IF NOT EXISTS t (id int); CREATE ROLE "table" LOGIN PASSWORD 'x'; CREATE ROLE ü; GRANT ü TO "table"; COMMENT ON ROLE ü IS 'x';
			GRANT SELECT ON t TO ü; ALTER ROLE "table" SET search_path = public; REVOKE ü FROM "table"; DROP OWNED`)
		var refused *statement.Error
		if !errors.As(err, &refused) { // the last one
			t.Errorf("no transaction %v: %v", noTx, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{
			"ALTER ROLE mighty NOLOGIN", "CREATE ROLE r1 IN ROLE monitor_member",
			"ALTER ROLE acts_as_owner PASSWORD 'x'", composed("ALTER ROLE CURRENT_USER SET work_mem = '1MB'"),
			composed("CREATE ROLE sneaked LOGIN"),
		} {
			s := begin(t, db, o)
			if err := run(t.Context(), s, "CREATE ROLE beside; "+text); kindOf(err) != engine.Refused {
				t.Errorf("%s, no transaction %v: %v", text, noTx, err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			server.Exec(t, target.Database, "DROP ROLE IF EXISTS beside, sneaked",
				`ALTER ROLE "Owner of ""roles""" RESET ALL`)
		}
		server.Exec(t, target.Database, "DROP TABLE IF EXISTS t", `DROP ROLE IF EXISTS ü`,
			`DROP ROLE IF EXISTS "table"`)
	}
	target.AllowRoles = false
	s := begin(t, open(t, target), options)
	if err := run(t.Context(), s, "CREATE ROLE not_allowed"); kindOf(err) != engine.Refused {
		t.Errorf("not allowed: %v", err)
	}
}
