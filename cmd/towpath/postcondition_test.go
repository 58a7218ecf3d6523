package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// unmet is a file that the database accepts without an error although the result differs from its
// text.
type unmet struct {
	name   string
	before []string // run in test only, each may fail
	file   string
	says   string   // why the task failed
	repair []string // run afterwards, so that the task can be retried
}

// brokenIndex leaves an index that a failed build has made invalid.
func brokenIndex(name string) []string {
	return []string{
		"CREATE TABLE customer (id INT, email TEXT)", "INSERT INTO customer VALUES (1, 'a'), (2, 'a')",
		"CREATE UNIQUE INDEX CONCURRENTLY " + name + " ON customer ((1))",
	}
}

const customer = "CREATE TABLE IF NOT EXISTS customer (id INT, email TEXT);\n"

// TestUnmet_staysFailed pushes files with a wrong result, and checks repeatedly the ledger, the
// task, the rollout, the status on the commit and the link's page. After the cause is repaired,
// they run.
func TestUnmet_staysFailed(t *testing.T) {
	t.Parallel()
	for engine, on := range map[string]struct {
		where func() targets
		cases []unmet
	}{
		"SQLite": {func() targets { return sqliteTargets{} }, unmetOnSQLite()},
		"PostgreSQL": {
			func() targets { return postgresTargets(servers.postgres.Target()) },
			unmetOnPostgres(),
		},
		"MariaDB": {func() targets { return mariadbTargets(servers.mariadb.Target()) }, unmetOnMariaDB()},
	} {
		for _, c := range on.cases {
			t.Run(engine+", "+c.name, func(t *testing.T) {
				t.Parallel()
				w, err := newWorld(t.Context(), t.TempDir(), on.where(), "")
				if err != nil {
					t.Fatal(err)
				}
				defer w.close()
				if err := w.start(); err != nil {
					t.Fatal(err)
				}
				if w.linkID, err = w.link(t.Context(), w.grant, nil); err != nil {
					t.Fatal(err)
				}
				w.tryUnmet(t, c)
			})
		}
	}
}

func (w *world) tryUnmet(t *testing.T, c unmet) {
	t.Helper()
	hand := func(environment string, statements ...string) {
		db, err := w.targets.open(w, environment)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		for _, statement := range statements {
			_, _ = db.Exec(statement) // the build is meant to fail
		}
	}
	// tables without a ledger would be held
	w.commit(t, map[string]string{"migrations/shop/0.1__ddl__first.sql": "CREATE TABLE first (id INT);"})
	if err := w.wait("done"); err != nil {
		t.Fatal(err)
	}
	hand("test", c.before...)
	for _, later := range []string{"staging", "prod"} {
		hand(later, "CREATE TABLE IF NOT EXISTS customer (id INT, email TEXT)", "CREATE SCHEMA o",
			"CREATE TABLE o.customer (id INT, email TEXT)")
	}
	pushed := w.commit(t, map[string]string{"migrations/shop/1__ddl__made.sql": c.file})
	if err := w.wait("failed"); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := w.api.call(w.ctx, "POST", "/repository-links/"+w.linkID+"/sync", nil, nil); err != nil {
			t.Fatal(err)
		}
		time.Sleep(50 * time.Millisecond) // nothing must happen
		w.wantUnmet(t, c)
	}
	if err := w.until(20*time.Second, func() (bool, string) {
		got := strings.Join(w.statuses(pushed), ", ")
		return strings.HasPrefix(got, "test FAILED") &&
			!strings.Contains(got, "SUCCESSFUL"), "the commit bears " + got
	}); err != nil {
		t.Error(err)
	}
	hand("test", c.repair...)
	w.retry(t)
	if err := w.wait("done"); err != nil {
		t.Fatal(err)
	}
}

// wantUnmet checks everything that shows the file's state.
func (w *world) wantUnmet(t *testing.T, c unmet) {
	t.Helper()
	if got, _ := w.state(); got != "failed" {
		t.Errorf("the rollout is %s", got)
	}
	_, stages, err := w.newestTasks()
	if err != nil {
		t.Fatal(err)
	}
	for _, stage := range stages {
		for _, task := range stage.Tasks {
			want := map[bool]string{true: "failed", false: "pending"}[stage.Environment == "test"]
			if task.State != want || (want == "failed" && !strings.Contains(task.Reason.Text, c.says)) {
				t.Errorf("%s: the task is %s: %s; want %s: %s", stage.Environment, task.State,
					task.Reason.Text, want, c.says)
			}
		}
	}
	for _, environment := range demoEnvironments {
		rows, err := w.ledger(environment)
		if err != nil || slices.Contains(rows, "1 ddl done") {
			t.Errorf("%s: the ledger says %v %v", environment, rows, err)
		}
	}
}

// retry retries all failed tasks.
func (w *world) retry(t *testing.T) {
	t.Helper()
	id, stages, err := w.newestTasks()
	if err != nil {
		t.Fatal(err)
	}
	for _, stage := range stages {
		for _, task := range stage.Tasks {
			if task.State != "failed" {
				continue
			}
			if err := w.api.call(w.ctx, "POST", fmt.Sprintf("/rollouts/%s/tasks/%s/retry", id, task.ID), nil,
				nil); err != nil {
				t.Error(err)
			}
		}
	}
}
