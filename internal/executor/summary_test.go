package executor

import (
	"strings"
	"testing"

	"towpath/internal/statement"
)

func TestSummary_holdsNoSecret(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"ALTER ROLE a PASSWORD 'geheim'",
		"ALTER ROLE a PASSWORD $$geheim$$",
		"ALTER ROLE a PASSWORD $ü$geheim$ü$",
		"ALTER ROLE a PASSWORD E'geheim'",
		"ALTER ROLE a PASSWORD U&'geheim'",
		"ALTER ROLE a PASSWORD 'it''s geheim'",
		"ALTER ROLE a PASSWORD 'x\ngeheim'",
		"DO $x$ BEGIN EXECUTE 'ALTER ROLE a PASSWORD ''geheim'''; END $x$",
		"DO 'BEGIN EXECUTE $y$ALTER ROLE a PASSWORD $$geheim$$$y$; END'",
		"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1 /* password geheim */ $$",
		"CREATE USER MAPPING FOR a SERVER s OPTIONS (user 'x', password 'geheim')",
		"ALTER USER MAPPING FOR a SERVER s OPTIONS (SET passcode $$geheim$$)",
		"CREATE SUBSCRIPTION s CONNECTION 'host=a passphrase=geheim' PUBLICATION p",
		"SELECT dblink_connect('host=a password=geheim')",
		"CREATE USER a IDENTIFIED BY 'geheim'",
		"CREATE USER a IDENTIFIED BY \"geheim\"",
		"CREATE USER a IDENTIFIED WITH x AS 'geheim'",
		"SET PASSWORD FOR a = PASSWORD('geheim')",
		"/*!50003 SET PASSWORD FOR a = 'geheim' */",
		"CREATE TABLE t (a INT) ENGINE = FEDERATED CONNECTION = 'mysql://u:geheim@h/d/t'",
		"CREATE SERVER s FOREIGN DATA WRAPPER mysql OPTIONS (HOST 'h', PASSWORD \"geheim\")",
		"INSERT INTO \"user\" (name, password_hash) VALUES ('a', 'geheim')",
		"UPDATE setting SET smtp_passwd = X'67' || 'geheim'",
		"PREPARE s FROM 'CREATE USER a IDENTIFIED BY ''geheim'''",
		"-- password\nSELECT 'geheim'",
		"ALTER ROLE a PASSWORD 'geheim",
	} {
		if got := summary(statement.Statement{Text: text}); strings.Contains(got, "geheim") {
			t.Errorf("%s: its summary is %q", text, got)
		}
	}
	const plain = "INSERT INTO item VALUES ('a')"
	if got := summary(statement.Statement{Text: plain}); got != plain {
		t.Errorf("the summary of a statement without a secret is %q", got)
	}
}
