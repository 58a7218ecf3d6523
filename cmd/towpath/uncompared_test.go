package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestUncompared_isSaidEverywhere pushes files that a server ends well without doing what they say,
// and looks whether the task, the log of its attempt, the rollout's page, the terminal and the build
// status all say that somebody should look.
func TestUncompared_isSaidEverywhere(t *testing.T) {
	t.Parallel()
	const made = "-- towpath: no-transaction\n"
	for name, on := range map[string]struct {
		where func() targets
		file  string
		says  string
	}{
		"SQLite": {
			where: func() targets { return sqliteTargets{} },
			file:  made + "DROP INDEX IF EXISTS made;",
			says:  "made is a table",
		},
		"PostgreSQL": {
			where: func() targets { return postgresTargets(servers.postgres.Target()) },
			file:  "DO $$ BEGIN CREATE TABLE IF NOT EXISTS made (id BIGINT); END $$;",
			says:  `relation "made" already exists`,
		},
		"MariaDB": {
			where: func() targets { return mariadbTargets(servers.mariadb.Target()) },
			file:  "DROP VIEW IF EXISTS made;",
			says:  "made is a base table",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := linkedWorld(t, on.where())
			w.commit(t, map[string]string{"migrations/shop/1__ddl__made.sql": "CREATE TABLE made (id INT);"})
			if err := w.wait("done"); err != nil {
				t.Fatal(err)
			}
			pushed := w.commit(t, map[string]string{"migrations/shop/2__ddl__wanted.sql": on.file})
			if err := w.wait("done"); err != nil {
				t.Fatal(err)
			}
			w.wantUncompared(t, pushed, on.says)
		})
	}
}

// TestUncompared_staysWhenItGoesOn has a file fail behind such a statement. The text that goes on
// behind it says so too.
func TestUncompared_staysWhenItGoesOn(t *testing.T) {
	t.Parallel()
	for name, on := range map[string]struct {
		where func() targets
		first string
		says  string
	}{
		"PostgreSQL": {
			where: func() targets { return postgresTargets(servers.postgres.Target()) },
			first: "-- towpath: no-transaction\nALTER TABLE IF EXISTS nope ADD id INT;\n",
			says:  "there is no nope",
		},
		"MariaDB": {
			where: func() targets { return mariadbTargets(servers.mariadb.Target()) },
			first: "DROP VIEW IF EXISTS made;\nCREATE TABLE IF NOT EXISTS more (id INT);\n",
			says:  "made is a base table",
		},
		"SQLite": {
			where: func() targets { return sqliteTargets{} },
			first: "-- towpath: no-transaction\nDROP INDEX IF EXISTS made;\n",
			says:  "made is a table",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := linkedWorld(t, on.where())
			w.commit(t, map[string]string{
				"migrations/shop/1__ddl__made.sql":   "CREATE TABLE made (id INT);",
				"migrations/shop/2__ddl__wanted.sql": on.first + "INSERT INTO nowhere VALUES (1);",
			})
			if err := w.wait("failed"); err != nil {
				t.Fatal(err)
			}
			pushed := w.commit(t, map[string]string{
				"migrations/shop/2__ddl__wanted.sql": on.first + "INSERT INTO made VALUES (1);",
			})
			if err := w.wait("done"); err != nil {
				t.Fatal(err)
			}
			w.wantUncompared(t, pushed, on.says)
		})
	}
}

// linkedWorld is a server that is linked with a repository.
func linkedWorld(t *testing.T, where targets) *world {
	t.Helper()
	w, err := newWorld(t.Context(), t.TempDir(), where, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	if err := w.start(); err != nil {
		t.Fatal(err)
	}
	if w.linkID, err = w.link(t.Context(), w.grant, nil); err != nil {
		t.Fatal(err)
	}
	return w
}

// wantUncompared looks at everything that tells of version 2, which is done everywhere.
func (w *world) wantUncompared(t *testing.T, commit, says string) {
	t.Helper()
	_, stages, err := w.newestTasks()
	if err != nil {
		t.Fatal(err)
	}
	for _, stage := range stages {
		for _, task := range stage.Tasks {
			if task.Version != "2" {
				continue
			}
			if task.State != "done" || task.Reason.Code != "uncompared" ||
				!strings.Contains(task.Reason.Text, says) {
				t.Errorf("%s: the task is %s: %+v", stage.Environment, task.State, task.Reason)
			}
		}
	}
	var rollouts items[demoRollout]
	if err := w.api.call(w.ctx, "GET", "/rollouts?pageSize=1", nil, &rollouts); err != nil {
		t.Fatal(err)
	}
	var terminal bytes.Buffer
	if err := w.reportTasks(w.ctx, &terminal, rollouts.Items[0], map[string]string{}, false); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(terminal.String(), says); n != len(demoEnvironments) {
		t.Errorf("the terminal says it %d times:\n%s", n, terminal.String())
	}
	if err := w.until(20*time.Second, func() (bool, string) {
		told := 0
		for _, s := range w.sim.Statuses(demoRepository, commit) {
			if s.State == "SUCCESSFUL" && strings.Contains(s.Description, ": the database may differ from it") {
				told++
			}
		}
		return told == len(demoEnvironments), fmt.Sprintf("%+v", w.sim.Statuses(demoRepository, commit))
	}); err != nil {
		t.Error(err)
	}
}
