package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towpath/internal/gitsim/bitbucket"
)

// TestRelease_clearsThePlansStatus releases a file that has the text of an applied version, behind
// one that has failed. The status of the plan follows the decision, and not only what runs.
func TestRelease_clearsThePlansStatus(t *testing.T) {
	t.Parallel()
	w := linkedWorld(t, sqliteTargets{})
	push := func(state string, files map[string]string) string {
		t.Helper()
		commit := w.commit(t, files)
		if err := w.wait(state); err != nil {
			t.Fatal(err)
		}
		return commit
	}
	const text = "CREATE TABLE made (id INT);"
	push("done", map[string]string{"migrations/shop/1__ddl__made.sql": text})
	push("failed", map[string]string{"migrations/shop/2__ddl__bad.sql": "INSERT INTO nowhere VALUES (1);"})
	push("failed", map[string]string{
		"migrations/shop/1__ddl__made.sql":  bitbucket.Deleted,
		"migrations/shop/3__ddl__moved.sql": text,
	})
	head := push("failed", map[string]string{"migrations/shop/4__ddl__more.sql": "CREATE TABLE more (id INT);"})
	plan := func(want string) {
		t.Helper()
		if err := w.until(20*time.Second, func() (bool, string) {
			got := w.statuses(head)
			return slices.Contains(got, "plan "+want), strings.Join(got, ", ")
		}); err != nil {
			t.Fatal(err)
		}
	}
	plan("FAILED")
	id, stages, err := w.newestTasks()
	if err != nil {
		t.Fatal(err)
	}
	for _, stage := range stages {
		for _, task := range stage.Tasks {
			if task.Version != "3" {
				continue
			}
			if err := w.api.call(w.ctx, "POST", fmt.Sprintf("/rollouts/%s/tasks/%s/release", id, task.ID), nil,
				nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	plan("SUCCESSFUL")
}
