package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"towpath/internal/engine"
)

// TestRehearsal_killedLeavesNothing kills a check by SIGKILL while its statement runs. The next
// rehearsal drops what is left, and nothing else.
func TestRehearsal_killedLeavesNothing(t *testing.T) {
	makeUsers(t)
	t.Parallel()
	servers.postgres.Exec(t, "postgres", "CREATE DATABASE towpath_scratch_kept OWNER killed",
		"CREATE DATABASE towpath_scratch_0123456789abcdef0123_1700000000")
	servers.mariadb.Exec(t, "CREATE DATABASE towpath_scratch_kept", "CREATE DATABASE towpath_scratch_0123456789abcdef0123_1700000000")
	t.Cleanup(func() {
		for _, name := range []string{"towpath_scratch_kept", "towpath_scratch_0123456789abcdef0123_1700000000"} {
			servers.postgres.Exec(t, "postgres", "DROP DATABASE "+name)
			servers.mariadb.Exec(t, "DROP DATABASE "+name)
		}
	})
	for dialect, slow := range map[string]string{"postgres": "SELECT pg_sleep(2)", "mysql": "SELECT SLEEP(2)"} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			s := stages(t)[dialect]
			s.instance.Username, s.instance.Password = "killed", "p"
			s.killCheck(t, dialect, slow)
			maker := s.engine.(engine.Rehearser)
			dropped, err := maker.SweepScratches(t.Context(), s.instance, engine.ScratchAge{Idle: time.Hour, Any: time.Hour})
			if err != nil || len(dropped) > 0 {
				t.Fatalf("a fresh one was dropped: %v, %v", dropped, err)
			}
			waitUntil(t, "the leftover is dropped", func() bool {
				dropped, err = maker.SweepScratches(t.Context(), s.instance, engine.ScratchAge{Any: time.Hour})
				return err != nil || len(dropped) > 0
			})
			if err != nil || len(dropped) != 1 || !engine.IsScratch(dropped[0]) {
				t.Errorf("dropped %v, %v", dropped, err)
			}
			if dropped, err = maker.SweepScratches(t.Context(), s.instance, engine.ScratchAge{}); err != nil || len(dropped) > 0 {
				t.Errorf("then it dropped %v, %v", dropped, err)
			}
		})
	}
}

// killCheck begins a check with a slow statement, and kills it when the statement runs.
func (s stage) killCheck(t *testing.T, dialect, slow string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "1.sql")
	if err := os.WriteFile(file, []byte("CREATE TABLE a (id int);\n"+slow), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), "towpath", "check", "--dialect", dialect, file)
	command.Env = append(os.Environ(), "TOWPATH_REHEARSE="+rehearsalURL(dialect, s.instance))
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "the statement runs", func() bool { return s.runs(t, dialect, slow) })
	if err := command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // it was killed
}

// runs reports whether the user's session runs a statement in a scratch database.
func (s stage) runs(t *testing.T, dialect, text string) bool {
	t.Helper()
	var names string
	if dialect == "postgres" {
		servers.postgres.Query(t, "postgres", &names, "SELECT coalesce(string_agg(datname, ' '), '') FROM pg_stat_activity "+
			"WHERE usename = 'killed' AND state = 'active' AND query LIKE '"+text+"%'")
	} else {
		servers.mariadb.Query(t, &names, "SELECT COALESCE(GROUP_CONCAT(db SEPARATOR ' '), '') "+
			"FROM information_schema.processlist WHERE user = 'killed' AND info LIKE '"+text+"%'")
	}
	return slices.ContainsFunc(strings.Fields(names), engine.IsScratch)
}

// waitUntil waits for a condition.
func waitUntil(t *testing.T, what string, met func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !met(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}
