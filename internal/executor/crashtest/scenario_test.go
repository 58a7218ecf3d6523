package crashtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"towpath"
	"towpath/internal/executor"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// hold begins a transaction that holds locks on the table item.
func (w *world) hold(text string) *sql.Tx {
	w.t.Helper()
	tx, err := w.plain.BeginTx(context.Background(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := tx.ExecContext(w.t.Context(), text); err != nil {
		w.t.Fatal(err)
	}
	return tx
}

func (w *world) service(owner string) *executor.Service {
	w.t.Helper()
	c := w.child()
	c.Owner = owner
	s, err := c.service(w.store)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) runTask(s *executor.Service) towpath.Task {
	w.t.Helper()
	if _, err := s.RunTask(w.t.Context(), w.task.ID); err != nil {
		w.t.Fatal(err)
	}
	var task towpath.Task
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		task, err = tx.Task(ctx, w.task.ID)
		return err
	})
	return task
}

// The server continues after its client is gone: the second run ends that session before it checks
// the effect.
func TestClientKilled_whileTheServerWorksOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		engine       towpath.EngineType
		script, busy string // busy counts the sessions that still run it
		want, left   string
	}{
		"an ALTER TABLE on MariaDB": {
			towpath.EngineMySQL,
			"ALTER TABLE item ADD COLUMN extra INT, ALGORITHM=COPY;",
			"SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'ALTER TABLE item%' AND db = DATABASE()",
			"SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = 'item' AND column_name LIKE 'extra%'",
			"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name LIKE '#%'",
		},
		"a CREATE INDEX CONCURRENTLY on PostgreSQL": {
			towpath.EnginePostgres,
			"CREATE INDEX CONCURRENTLY item_qty ON item (qty);",
			"SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%' AND datname = current_database() AND state = 'active'",
			"SELECT count(*) FROM pg_index WHERE indrelid = 'item'::regclass AND indexrelid::regclass::text LIKE 'item_qty%' AND indisvalid",
			"SELECT count(*) FROM pg_index WHERE NOT indisvalid",
		},
	} {
		if !tried(c.engine) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.engine, setups()[c.engine])
			defer w.close()
			w.plan("1", c.script)
			holder := w.hold("UPDATE item SET qty = qty WHERE id = 1")
			first := w.child()
			first.Place, first.How, first.Wait, first.Lock = "after intent", "kill", 500*time.Millisecond,
				30*time.Second
			cmd, _ := w.start(first)
			if err := cmd.Wait(); !isKilled(err) {
				t.Fatalf("the first run ended with %v", err)
			}
			if n := w.query(c.busy); n != "1" {
				t.Fatalf("%s sessions work on, want the one whose client is gone", n)
			}
			release := time.AfterFunc(2*lease, func() { _ = holder.Rollback() })
			defer release.Stop()
			if s, reason := w.finish(); s != towpath.TaskDone {
				t.Fatalf("the task is %s: %s", s, reason)
			}
			if n := w.query(c.busy); n != "0" {
				t.Errorf("%s sessions work on in the end", n)
			}
			if there, left := w.query(c.want), w.query(c.left); there != "1" || left != "0" {
				t.Errorf("it is there %s times, with %s leftovers", there, left)
			}
		})
	}
}

func TestRaces_nothingIsDoneTwice(t *testing.T) {
	t.Parallel()
	races := map[string]int{"brief": 10, "bounded": 334, "full": 1000}[*size]
	for _, e := range engines() {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, e, []string{"CREATE TABLE log (n INT)"})
			defer w.close()
			for n := range races {
				script := "INSERT INTO log VALUES (1);"
				if n%3 == 2 { // autocommit, if the engine has it
					script = fmt.Sprintf("CREATE TABLE t%d (x INT);\nINSERT INTO log VALUES (1);", n)
				}
				w.plan(fmt.Sprint(n+1), script)
				w.race()
			}
			if got := w.query("SELECT COUNT(*) FROM log"); got != fmt.Sprint(races) {
				t.Errorf("%d races wrote %s rows", races, got)
			}
			fmt.Printf("races: %s, %d trials, 0 doubled\n", e, races)
		})
	}
}

// race runs a task in two processes whose leases expire, and then in one to its end.
func (w *world) race() {
	w.t.Helper()
	var both sync.WaitGroup
	for _, owner := range []string{"first", "second"} {
		s := w.service(owner)
		s.Lease, s.LockTries, s.LockTimeout = time.Millisecond, 2, time.Second
		both.Go(func() {
			if _, err := s.RunTask(w.t.Context(), w.task.ID); err != nil {
				w.t.Error(err)
			}
		})
	}
	both.Wait()
	last := w.service("last")
	last.Lease = time.Minute
	for range 100 {
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.FreeLeases(ctx) })
		task := w.runTask(last)
		switch task.State {
		case towpath.TaskDone:
			return
		case towpath.TaskFailed: // after a race for locks: a person retries
			w.write(func(ctx context.Context, tx *store.Tx) error {
				task.State = towpath.TaskPending
				return tx.UpdateTask(ctx, &task)
			})
		case towpath.TaskUnknown:
			w.t.Fatalf("version %s: %s", task.Version, task.Reason)
		}
	}
	w.t.Fatalf("version %s does not end", w.task.Version)
}

// A change that waits for a lock blocks others no longer than its limit.
func TestLocked_othersWaitNoLongerThanTheLimit(t *testing.T) {
	t.Parallel()
	const limit = 4 * time.Second
	for _, e := range engines(towpath.EnginePostgres, towpath.EngineMySQL) {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, e, setups()[e])
			defer w.close()
			w.plan("1", "ALTER TABLE item ADD COLUMN extra INT;")
			holder := w.hold("UPDATE item SET qty = qty WHERE id = 1")
			s := w.service("first")
			s.LockTimeout, s.LockTries = limit, 3
			done, longest := make(chan struct{}), make(chan time.Duration)
			go func() {
				var most time.Duration
				for {
					select {
					case <-done:
						longest <- most
						return
					default:
					}
					began := time.Now()
					var n int
					if err := w.plain.QueryRowContext(context.Background(),
						"SELECT qty FROM item WHERE id = 2").Scan(&n); err != nil {
						t.Error(err)
					}
					most = max(most, time.Since(began))
				}
			}()
			task := w.runTask(s)
			close(done)
			waited := <-longest
			fmt.Printf("bench: lock-wait-%s %s with a limit of %s\n", e, waited.Round(time.Millisecond),
				limit)
			if waited > limit+700*time.Millisecond {
				t.Errorf("another query waited for %s", waited)
			}
			if task.State != towpath.TaskFailed || !strings.Contains(wording.Text(task.Reason), "try 3") {
				t.Errorf("task is %s: %s", task.State, task.Reason)
			}
			// Without its performance schema MariaDB does not show what an idle connection ran
			// last.
			named := map[towpath.EngineType][]string{
				towpath.EnginePostgres: {
					"held by pid", "user owner",
					"it ran last: UPDATE item",
				},
				towpath.EngineMySQL: {"held by connection", "user owner", "idle in transaction"},
			}
			for _, words := range named[e] {
				if !strings.Contains(wording.Text(task.Reason), words) {
					t.Errorf("the blocker is not named with %q: %s", words, task.Reason)
				}
			}
			if err := holder.Rollback(); err != nil {
				t.Fatal(err)
			}
			task.State = towpath.TaskPending
			w.write(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &task) })
			if task := w.runTask(s); task.State != towpath.TaskDone {
				t.Errorf("when the lock is free, the task is %s: %s", task.State, task.Reason)
			}
		})
	}
}

func TestFailedBuild_leavesNoInvalidIndex(t *testing.T) {
	t.Parallel()
	if !tried(towpath.EnginePostgres) {
		return
	}
	w := newWorld(t, towpath.EnginePostgres, setups()[towpath.EnginePostgres])
	defer w.close()
	w.plan("1", "CREATE UNIQUE INDEX CONCURRENTLY u ON item (qty);")
	s := w.service("first")
	task := w.runTask(s)
	if task.State != towpath.TaskFailed || !strings.Contains(wording.Text(task.Reason), "duplicate") {
		t.Errorf("task is %s: %s", task.State, task.Reason)
	}
	if n := w.query("SELECT count(*) FROM pg_index WHERE NOT indisvalid"); n != "0" {
		t.Errorf("%s invalid indexes stay", n)
	}
	w.exec("DELETE FROM item WHERE id > 100")
	task.State = towpath.TaskPending
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &task) })
	if task := w.runTask(s); task.State != towpath.TaskDone ||
		w.query("SELECT count(*) FROM pg_index WHERE indexrelid = 'u'::regclass AND indisvalid") != "1" {
		t.Errorf("task is %s: %s", task.State, task.Reason)
	}
}

// Building an index concurrently waits for other transactions, and so does removing a failed build.
func TestLockedBuild_leavesNoInvalidIndex(t *testing.T) {
	t.Parallel()
	if !tried(towpath.EnginePostgres) {
		return
	}
	for name, tries := range map[string]int{"a later try removes it": 20, "the next attempt removes it": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, towpath.EnginePostgres, setups()[towpath.EnginePostgres])
			defer w.close()
			w.plan("1", "INSERT INTO log VALUES (1);\nCREATE INDEX CONCURRENTLY q ON item (qty);\nINSERT "+
				"INTO log VALUES (2);")
			s := w.service("first")
			s.LockTimeout, s.LockTries = 200*time.Millisecond, tries
			holder := w.hold("UPDATE item SET qty = qty WHERE id = 1")
			if tries > 1 {
				time.AfterFunc(1500*time.Millisecond, func() {
					if err := holder.Rollback(); err != nil {
						t.Error(err)
					}
				})
			}
			task := w.runTask(s)
			if tries == 1 {
				if task.State != towpath.TaskFailed ||
					w.query("SELECT count(*) FROM pg_index WHERE NOT indisvalid") != "1" {
					t.Errorf("behind the lock, the task is %s: %s", task.State, task.Reason)
				}
				if err := holder.Rollback(); err != nil {
					t.Fatal(err)
				}
				task.State = towpath.TaskPending
				w.write(func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &task) })
				task = w.runTask(s)
			}
			left := w.query("SELECT (SELECT count(*) FROM pg_index WHERE NOT indisvalid) || ' ' || (SELECT " +
				"count(*) FROM pg_index WHERE indexrelid = to_regclass('q') AND indisvalid) || ' ' || (SELECT count(*) FROM log)")
			if task.State != towpath.TaskDone || left != "0 1 2" {
				t.Errorf("task is %s: %s; invalid, valid, rows: %s", task.State, task.Reason, left)
			}
		})
	}
}

// A run that could not read whether its last statement took effect leaves that open. The next run
// reads it, and does not simply run the statement again.
func TestUnread_isAskedAndNotRunAgain(t *testing.T) {
	t.Parallel()
	if !tried(towpath.EngineMySQL) {
		return
	}
	w := newWorld(t, towpath.EngineMySQL, setups()[towpath.EngineMySQL])
	defer w.close()
	task := w.plan("1", "CALL twice();")
	c := w.child()
	c.Place, c.How = "after statement", "kill"
	if cmd, _ := w.start(c); !isKilled(cmd.Wait()) {
		t.Fatal("the process finished before it could be killed")
	}
	once := w.query("SELECT COUNT(*) FROM log")
	w.write(func(ctx context.Context, tx *store.Tx) error { // as left by a run that lost the database
		attempts, err := tx.Attempts(ctx, task.ID)
		if err != nil {
			return err
		}
		if task, err = tx.Task(ctx, task.ID); err != nil {
			return err
		}
		task.State, attempts[0].State, attempts[0].FinishedAt = towpath.TaskUnknown, towpath.TaskUnknown,
			&tx.Now
		return errors.Join(tx.UpdateTask(ctx, &task), tx.UpdateAttempt(ctx, &attempts[0]), tx.FreeLeases(ctx))
	})
	s := w.service("next")
	w.runTask(s)
	if task = w.runTask(s); task.State != towpath.TaskUnknown || w.query("SELECT COUNT(*) FROM log") != once {
		t.Errorf("task is %s: %s; rows %s, after one call %s", task.State, task.Reason,
			w.query("SELECT COUNT(*) FROM log"), once)
	}
}
