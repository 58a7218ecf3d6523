package postgres_test

import (
	"regexp"
	"testing"
	"time"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// told is the blocker that is reported to a session which cannot drop the table a.
func told(t *testing.T, db engine.DB) string {
	t.Helper()
	o := options
	o.LockTimeout = 5 * time.Second // long enough for a second connection to a busy server
	_, err := begin(t, db, o).Exec(t.Context(), statement.Statement{Text: "DROP TABLE a"})
	if kindOf(err) != engine.Locked {
		t.Fatalf("error is %v", err)
	}
	return err.Error()
}

func TestBlockers_withoutTheRightToSeeWhatTheyDo(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	server.Exec(t, target.Database, `CREATE ROLE "blind one" LOGIN PASSWORD 'p'`, `ALTER DATABASE `+
		target.Database+` OWNER TO "blind one"`,
		`CREATE TABLE a (id int)`, `ALTER TABLE a OWNER TO "blind one"`)
	server.Hold(t, target.Database, "LOCK TABLE a")
	target.Username, target.Password = "blind one", "p"
	want := `; the lock is held by pid \d+, user owner \(what it does would be seen after GRANT pg_read_all_stats TO "blind one"\)$`
	if got := told(t, open(t, target)); !regexp.MustCompile(want).MatchString(got) {
		t.Errorf("it says %s", got)
	}
}

func TestBlockers_aPreparedTransaction(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	server.Exec(t, target.Database, "CREATE TABLE a (id int)", "BEGIN", "LOCK TABLE a",
		"PREPARE TRANSACTION 'stray'")
	t.Cleanup(func() { server.Exec(t, target.Database, "ROLLBACK PREPARED 'stray'") })
	if got := told(t, open(t, target)); !regexp.MustCompile(
		`; the lock is held by a prepared transaction \(see pg_prepared_xacts\)$`).MatchString(got) {
		t.Errorf("it says %s", got)
	}
}
