package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestWalk_startAndStop follows "Start and stop" in docs/operate.md: settings in a file, a stop
// while a change runs, the next start, and the exit codes.
func TestWalk_startAndStop(t *testing.T) {
	t.Parallel()
	w := walked(t, everyTarget()["PostgreSQL"](), "")
	w.must(t, w.stop(syscall.SIGTERM))
	line := strings.Fields(instructions(t, "## Start and stop", "towpath serve")[0])
	var settings []string
	for i := 1; i < len(w.args); i += 2 { // each flag with its value
		settings = append(settings, fmt.Sprintf("%s: %q", strings.TrimPrefix(w.args[i], "--"), w.args[i+1]))
	}
	file := w.in("towpath.yaml")
	w.must(t, os.WriteFile(file, []byte(strings.Join(settings, "\n")+"\n"), 0o600))
	w.args = slices.Clone(line[1:])
	w.args[slices.Index(w.args, "/etc/towpath.yaml")] = file
	w.must(t, w.start())
	w.grow(t, 1)
	w.settled(t, 1)

	for _, environment := range demoEnvironments {
		_, err := w.query(environment, "CREATE TABLE pause (seconds INT)")
		w.must(t, err)
	}
	_, err := w.query("test", "INSERT INTO pause VALUES (600)")
	w.must(t, err)
	w.commit(t,
		map[string]string{
			w.path(2): "CREATE TABLE t2 (id INT);\nINSERT INTO t2 VALUES (1);\nSELECT pg_sleep(seconds) FROM pause;\n",
		})
	w.must(t, w.until(time.Minute, func() (bool, string) {
		rows, err := w.query("test",
			"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'")
		return slices.Equal(rows, []string{"1"}), fmt.Sprint(rows, err)
	}))
	began := time.Now()
	w.must(t, w.stop(syscall.SIGTERM))
	if took := time.Since(began); took > stopGrace+10*time.Second {
		t.Errorf("the stop took %s", took)
	}
	if _, err := w.query("test", "SELECT * FROM t2"); err == nil {
		t.Error("a part of the change that was stopped is in the database")
	}
	_, err = w.query("test", "UPDATE pause SET seconds = 0")
	w.must(t, err)
	w.must(t, w.start())
	w.settled(t, 2)
	w.must(t, w.stop(syscall.SIGTERM))

	for code, args := range map[int][]string{
		exitUsage:  {"--log-level", "loud"},
		exitFailed: {"--listen", "127.0.0.1:99999"},
	} {
		command := exec.CommandContext(w.ctx, "towpath", append(slices.Clone(w.args), args...)...)
		out, err := command.CombinedOutput()
		if got := command.ProcessState.ExitCode(); got != code {
			t.Errorf("%s ended with %d, %v: %s", args, got, err, out)
		}
	}
}

// TestWalk_lostKeyForGood starts with new metadata and a new key, as in docs/operate.md: each
// ledger shows as a copy until somebody adopts it, and what ran before does not run again.
func TestWalk_lostKeyForGood(t *testing.T) {
	t.Parallel()
	lost := walked(t, sqliteTargets{}, "")
	lost.grow(t, 1)
	lost.settled(t, 1)
	lost.must(t, lost.stop(syscall.SIGTERM))

	w := prepared(t, sqliteTargets{}, "")
	w.must(t, w.start())
	for _, environment := range demoEnvironments {
		w.must(t, os.Rename(lost.in("databases/"+environment+"/shop.db"),
			w.in("databases/"+environment+"/shop.db")))
	}
	w.grow(t, 1)
	var err error
	w.linkID, err = w.link(w.ctx, w.grant, map[string]any{"existingFiles": "run"})
	w.must(t, err)
	w.must(t, w.until(time.Minute, func() (bool, string) {
		_, v := w.state()
		foreign := 0
		for _, item := range v.Plan.Items {
			if item.State == "foreign-ledger" {
				foreign++
			}
		}
		return foreign == len(demoEnvironments), fmt.Sprintf("%+v", v)
	}))
	for _, d := range w.databases(t) {
		w.must(t, w.api.call(w.ctx, "POST", "/databases/"+d+"/adopt-ledger", nil, nil))
	}
	w.must(t, w.wait("done"))
	w.grow(t, 2)
	w.must(t, w.until(time.Minute, func() (bool, string) {
		rows, err := w.ledger("prod")
		return slices.Equal(rows, []string{"1 ddl done", "2 ddl done"}), fmt.Sprint(rows, err)
	}))
	w.must(t, w.wait("done"))
	w.ranOnce(t, 2) // the change history of an adopted database begins then
}
