package mysql_test

import (
	"strings"
	"testing"
	"time"

	"towpath/internal/engine"
)

// blocked lets another session hold locks on the table a, and returns the blocker that is reported
// to a session which runs a statement against them.
func blocked(t *testing.T, mine, theirs engine.DB, held, text string) (message, connection string) {
	t.Helper()
	o := options
	o.NoTx = true
	if err := run(t.Context(), begin(t, mine, o),
		"CREATE TABLE a (id INT PRIMARY KEY); INSERT INTO a VALUES (1), (2)"); err != nil {
		t.Fatal(err)
	}
	holder := begin(t, theirs, options)
	if _, err := exec(t, holder, held); err != nil {
		t.Fatal(err)
	}
	o.LockTimeout = time.Second
	_, err := exec(t, begin(t, mine, o), text)
	if kindOf(err) != engine.Locked {
		t.Fatalf("error is %v", err)
	}
	connection, _, _ = strings.Cut(holder.Identity(), " ")
	return err.Error(), connection
}

func TestBlockers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, held, blocked, want string }{
		{
			"of a row", "UPDATE a SET id = 3 WHERE id = 1", "DELETE FROM a WHERE id = 1",
			"; the lock is held by connection ID, user owner, from 127.0.0.1:",
		},
		{
			"of a table that somebody reads", "SELECT * FROM a", "ALTER TABLE a ADD COLUMN b INT",
			"; the lock is " + held() + "held by connection ID, user owner, from 127.0.0.1:",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := open(t, server.Database(t))
			message, id := blocked(t, db, db, c.held, c.blocked)
			if want := strings.Replace(c.want, "ID", id, 1); !strings.Contains(message, want) ||
				!strings.Contains(message, ", idle in transaction for ") {
				t.Errorf("it says %s", message)
			}
		})
	}
}

func TestBlockers_withoutTheRightToSeeThem(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	server.Exec(t, "CREATE USER blind IDENTIFIED BY 'p'", "GRANT ALL ON "+target.Database+".* TO blind")
	theirs := open(t, target)
	target.Username, target.Password = "blind", "p"
	message, _ := blocked(t, open(t, target), theirs, "SELECT * FROM a", "DROP TABLE a")
	want := "; who holds the lock would be seen after GRANT PROCESS ON *.* TO `blind`@`%`"
	if server.MySQL {
		want += "; GRANT SELECT ON performance_schema.* TO `blind`@`%`"
	}
	if !strings.HasSuffix(message, want) {
		t.Errorf("it says %s", message)
	}
}

// Not parallel: it installs a plugin for the whole server, and runs before the parallel tests.
// MySQL needs no plugin.
func TestBlockers_withThePluginThatKnows(t *testing.T) {
	if !server.MySQL {
		server.Exec(t, "INSTALL SONAME 'metadata_lock_info'")
		t.Cleanup(func() { server.Exec(t, "UNINSTALL SONAME 'metadata_lock_info'") })
	}
	db := open(t, server.Database(t))
	bystander := begin(t, db, options) // in a transaction, with other locks
	if err := bystander.Record(t.Context(), entry("1")); err != nil {
		t.Fatal(err)
	}
	message, id := blocked(t, db, db, "SELECT * FROM a", "DROP TABLE a")
	if !strings.Contains(message, "; the lock is held by connection "+id+", user owner, ") ||
		strings.Count(message, "connection ") != 1 {
		t.Errorf("it says %s", message)
	}
}
