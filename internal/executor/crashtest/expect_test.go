package crashtest

import (
	"context"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

// A batch knows which rows a ledger has. Somebody else writes one of a version that is next: its file
// must not run, and nothing is taken for done.
func TestBatch_aRowThatAppears(t *testing.T) {
	t.Parallel()
	if !tried(towpath.EnginePostgres) {
		return
	}
	w := newWorld(t, towpath.EnginePostgres, []string{"CREATE SEQUENCE turns"})
	defer w.close()
	tasks := w.planAll([]string{
		"CREATE TABLE one (id INT);", "SELECT nextval('turns');\nCREATE TABLE two (id INT);",
		"CREATE TABLE three (id INT);",
	})
	s, err := w.child().service(w.store)
	if err != nil {
		t.Fatal(err)
	}
	s.Lease, s.Backoff = time.Minute, time.Millisecond
	visits := 0
	s.Reached = func(place string) {
		if place != "before intent" {
			return
		}
		if visits++; visits == 2 {
			w.exec("INSERT INTO towpath_ledger.towpath_ledger SELECT '2', type, state, description, path, " +
				"checksum, commit_hash, epoch, server_id, database_id, statements_total, statements_done, " +
				"started_at, finished_at, intent, number, seal FROM towpath_ledger.towpath_ledger " +
				"WHERE version = '1'")
		}
	}
	if _, err := s.RunTask(t.Context(), tasks[0].ID); err != nil {
		t.Fatal(err)
	}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		for n, want := range []towpath.TaskState{towpath.TaskDone, towpath.TaskFailed, towpath.TaskPending} {
			task, err := tx.Task(ctx, tasks[n].ID)
			if err != nil {
				return err
			}
			if task.State != want {
				t.Errorf("%s is %s, want %s: %s", task.Version, task.State, want, task.Reason)
			}
			if n == 1 && !strings.Contains(task.Reason.String(), string(towpath.ReasonRunTampered)) {
				t.Errorf("%s", task.Reason)
			}
		}
		return nil
	})
	if ran := w.query("SELECT is_called::text FROM turns"); ran != "false" {
		t.Error("a file ran that has a row in the ledger")
	}
}
