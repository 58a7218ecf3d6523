package api

import "testing"

func TestRedactPasswords(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		"ALTER ROLE app PASSWORD 'it''s me';":                            "ALTER ROLE app PASSWORD '…';",
		"create user app identified by \"s3\\\"cret\" account lock":      "create user app identified by '…' account lock",
		"CREATE USER a IDENTIFIED BY PASSWORD '*AB';":                    "CREATE USER a IDENTIFIED BY PASSWORD '…';",
		"CREATE USER a IDENTIFIED WITH caching_sha2_password BY 'x\ny';": "CREATE USER a IDENTIFIED WITH caching_sha2_password BY '…';",
		"SET PASSWORD FOR a = PASSWORD('x');":                            "SET PASSWORD FOR a = PASSWORD('…');",
		"ALTER ROLE app PASSWORD 'cut of":                                "ALTER ROLE app PASSWORD '…'",
		"CREATE TABLE t (password TEXT DEFAULT 'x');":                    "CREATE TABLE t (password TEXT DEFAULT 'x');",
		"INSERT INTO t VALUES ('password', 'x');":                        "INSERT INTO t VALUES ('password', 'x');",
	} {
		if got := redactPasswords(sql); got != want {
			t.Errorf("%s: got %s, want %s", sql, got, want)
		}
	}
}
