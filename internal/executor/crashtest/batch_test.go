package crashtest

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

// batchScripts are the migrations of one batch: some run in a transaction, some commit by
// themselves. One that runs twice, or not at all, fails or changes the result of batchCheck.
func batchScripts(e towpath.EngineType) []string {
	scripts := []string{
		"CREATE TABLE turn (n INT);",
		"INSERT INTO turn VALUES (1);\nINSERT INTO turn VALUES (10);",
		"ALTER TABLE turn ADD COLUMN extra INT;",
		"UPDATE turn SET n = n + 100;",
		"CREATE INDEX turn_n ON turn (n);",
		"INSERT INTO turn (n) VALUES (1000);",
		"ALTER TABLE turn ADD COLUMN more INT;\nUPDATE turn SET more = n * 2;",
		"INSERT INTO turn (n, more) SELECT n + 10000, more FROM turn;",
	}
	if e == towpath.EnginePostgres {
		scripts[4] = "CREATE INDEX CONCURRENTLY turn_n ON turn (n);"
	}
	return scripts
}

const (
	batchCheck = "SELECT COUNT(*) * 1000000 + SUM(n) FROM turn"
	batchWant  = "6032422" // six rows: 101, 110, 1000, and each again with 10000 more
)

// A process dies, or stops for longer than its lease, anywhere in a batch of many tasks.
func TestBatch_killedAnywhere(t *testing.T) {
	t.Parallel()
	places := []string{
		"before intent", "after intent", "after statement", "before outcome", "after outcome",
		"before metadata",
	}
	nths := []int{3, 6}
	if *size != "brief" {
		nths = []int{1, 2, 3, 4, 5, 6, 7, 8, 9}
	}
	var trials atomic.Int64
	gate := make(chan struct{}, 5)
	var group sync.WaitGroup
	try := func(e towpath.EngineType, place, how string, nth int) {
		group.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			if !tryBatch(t, e, place, how, nth) {
				return
			}
			trials.Add(1)
		})
	}
	for _, e := range engines() {
		for _, place := range places {
			for _, nth := range nths {
				try(e, place, "kill", nth)
			}
		}
		try(e, "after intent", "stop", 4)
	}
	group.Wait()
	fmt.Printf("crash-batches: %d trials of %d migrations each\n", trials.Load(), len(batchScripts("")))
}

// tryBatch reports whether the process was stopped at the place.
func tryBatch(t *testing.T, e towpath.EngineType, place, how string, nth int) bool {
	w := newWorld(t, e, nil)
	defer w.close()
	var tasks []towpath.Task
	for n, script := range batchScripts(e) {
		task := w.plan(fmt.Sprint(n+1), script)
		task.Sequence = n
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &task) })
		tasks = append(tasks, task)
	}
	w.task = tasks[0]
	c := w.child()
	c.Place, c.Nth, c.How = place, nth, how
	cmd, _ := w.start(c)
	name := fmt.Sprintf("%s, %s %s, the %d. time", e, how, place, nth)
	switch how {
	case "kill":
		if !isKilled(cmd.Wait()) {
			return false
		}
	case "stop":
		if !stopped(cmd.Process.Pid) {
			_ = cmd.Wait()
			return false
		}
		defer time.AfterFunc(2*lease, func() { _ = cmd.Process.Signal(syscall.SIGCONT) }).Stop()
	}
	state, reason := w.finish()
	if how == "stop" {
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = cmd.Wait()
	}
	if got := w.query(batchCheck); state != towpath.TaskDone || got != batchWant {
		t.Errorf("%s: %s %s, the database has %s, want %s", name, state, reason, got, batchWant)
	}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		for _, task := range tasks {
			now, err := tx.Task(ctx, task.ID)
			if err != nil {
				return err
			}
			if now.State != towpath.TaskDone {
				t.Errorf("%s: version %s is %s: %s", name, now.Version, now.State, now.Reason)
			}
		}
		history, err := tx.ChangeHistory(ctx, w.database.ID, store.Page{})
		if len(history) != len(tasks) {
			t.Errorf("%s: the history tells of %d changes, want %d", name, len(history), len(tasks))
		}
		return err
	})
	return true
}

// A connection breaks in the middle of a batch while the server continues its statement: the
// session is recognized as ours and ended.
func TestBatch_theLostSessionIsNotTakenForAnothers(t *testing.T) {
	t.Parallel()
	if !tried(towpath.EngineMySQL) {
		return
	}
	for name, scripts := range map[string][]string{
		"in the first task":  {"INSERT INTO a SELECT SLEEP(4);"},
		"in the second task": {"INSERT INTO a VALUES (1);", "INSERT INTO a SELECT SLEEP(4);"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, towpath.EngineMySQL, []string{"CREATE TABLE a (x INT)"})
			defer w.close()
			first := ""
			for n, script := range scripts {
				task := w.plan(fmt.Sprint(n+1), script)
				task.Sequence = n
				w.write(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &task) })
				first = cmp.Or(first, task.ID)
			}
			c := w.child()
			c.Task, c.Place, c.Nth, c.How, c.Wait = first, "after intent", len(scripts), "cut",
				300*time.Millisecond
			c.Lock, c.Tries = 300*time.Millisecond, 3
			cmd, out := w.start(c)
			if err := cmd.Wait(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			w.write(func(ctx context.Context, tx *store.Tx) error {
				last, err := tx.Task(ctx, w.task.ID)
				if last.State != towpath.TaskDone {
					t.Errorf("the task is %s: %s", last.State, last.Reason)
				}
				return err
			})
			if got := w.query("SELECT COUNT(*) FROM a"); got != fmt.Sprint(len(scripts)) {
				t.Errorf("there are %s rows, want %d", got, len(scripts))
			}
		})
	}
}
