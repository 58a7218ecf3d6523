package executor_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// testLease is short enough for quick heartbeats and outlives a stall of a busy machine.
const testLease = 3 * time.Second

// slow runs for some minutes unless it is stopped.
const slow = "CREATE TABLE a (x);\nINSERT INTO a WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 " +
	"FROM n WHERE i < 2000000000) SELECT i FROM n WHERE i = 0;"

// crash leaves a task as a dead process does: running, with an open attempt and a lease.
func (b *bundle) crash(t *testing.T, id string, until time.Duration) {
	t.Helper()
	b.set(t, id, func(t *towpath.Task) { t.State, t.Attempts = towpath.TaskRunning, 1 })
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		if _, _, err := tx.ClaimTarget(ctx, b.database.ID, "dead", tx.Now.Add(until)); err != nil {
			return err
		}
		return tx.CreateAttempt(ctx, &towpath.Attempt{
			TaskID:    id,
			Number:    1,
			State:     towpath.TaskRunning,
			StartedAt: tx.Now,
		})
	})
}

func TestRunTask_takesOverFromACrash(t *testing.T) {
	t.Parallel()
	for name, committed := range map[string]bool{
		"before the commit":                 false,
		"between the commit and its report": true,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			task := b.task(t, "1", "CREATE TABLE a (x);")
			if committed {
				b.want(t, task.ID, towpath.TaskDone)
				b.restore(t, task.ID)
			}
			b.crash(t, task.ID, time.Hour)
			if again, err := b.RunTask(t.Context(), task.ID); err != nil || again == nil {
				t.Fatalf("a held target: again %v, error %v", again, err)
			}
			b.crashEnds(t)
			b.want(t, task.ID, towpath.TaskDone)
			if got := b.query(t, tables); got != "a" {
				t.Errorf("tables are %q", got)
			}
			_, attempts, history := b.read(t, task.ID)
			if len(attempts) != 2 || attempts[0].State != towpath.TaskFailed ||
				attempts[0].Message.Code != towpath.ReasonServerDied {
				t.Errorf("attempts are %+v", attempts)
			}
			if len(history) != 1 {
				t.Errorf("history has %d rows", len(history))
			}
		})
	}
}

func TestRunTask_takenOverAndOutOfReachIsUnknownUntilItIsAsked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.LockTries = 1
	task := b.task(t, "1", "CREATE TABLE a (x);")
	b.want(t, task.ID, towpath.TaskDone)
	b.restore(t, task.ID)
	b.crash(t, task.ID, 0)
	b.crashEnds(t)
	if err := os.Rename(b.file("shop"), b.file("shop")+".away"); err != nil {
		t.Fatal(err)
	}
	b.want(t, task.ID, towpath.TaskUnknown)
	if !b.wanted(t, towpath.JobRunTask, task.ID) {
		t.Error("nobody asks again")
	}
	if err := os.Rename(b.file("shop")+".away", b.file("shop")); err != nil {
		t.Fatal(err)
	}
	b.want(t, task.ID, towpath.TaskDone)
	if _, attempts, _ := b.read(t, task.ID); attempts[len(attempts)-1].State != towpath.TaskDone {
		t.Errorf("attempts are %+v, want the last one done as the ledger says", attempts)
	}
}

// restore makes the metadata forget a task's run, as a restored backup does.
func (b *bundle) restore(t *testing.T, id string) {
	t.Helper()
	b.set(t, id, func(t *towpath.Task) { t.State, t.Attempts = towpath.TaskPending, 0 })
	db := open(t, b.meta)
	for _, statement := range []string{
		"DELETE FROM statement_log", "DELETE FROM attempt",
		"DELETE FROM change_history", `UPDATE "database" SET lease_epoch = 0`,
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
}

func (b *bundle) crashEnds(t *testing.T) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.FreeLeases(ctx) })
}

func TestRunTask_restoredMetadataCatchesUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.task(t, "1", "CREATE TABLE a (x);")
	b.want(t, first.ID, towpath.TaskDone)
	_, _, before := b.read(t, first.ID)
	b.restore(t, first.ID)
	b.want(t, first.ID, towpath.TaskDone)
	_, _, after := b.read(t, first.ID)
	if len(after) != 1 || !after[0].StartedAt.Equal(before[0].StartedAt) ||
		!after[0].FinishedAt.Equal(before[0].FinishedAt) || after[0].Author != "Ada" {
		t.Errorf("history was %+v, is %+v", before, after)
	}
}

func TestRunTask_stopOfTheServerKeepsNothingAndGoesOnLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Lease = testLease
	task := b.task(t, "1", slow)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() {
		_, err := b.RunTask(ctx, task.ID)
		ended <- err
	}()
	b.until(t, task.ID, func(t towpath.Task) bool { return t.Finished == 1 })
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	got, attempts, _ := b.read(t, task.ID)
	if got.State != towpath.TaskPending || attempts[0].State != towpath.TaskFailed ||
		!b.wanted(t, towpath.JobRunTask, task.ID) {
		t.Errorf("task is %s (%s), attempts %+v", got.State, got.Reason, attempts)
	}
	if left := b.query(t, tables); left != "" || len(b.ledger(t)) != 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestRunTask_stopsWithoutAWordWhenItsLeaseIsLost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Lease = testLease
	task := b.task(t, "1", slow)
	ended := make(chan *time.Time)
	go func() {
		again, _ := b.RunTask(t.Context(), task.ID)
		ended <- again
	}()
	b.until(t, task.ID, func(t towpath.Task) bool { return t.Finished == 1 })
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		d, err := tx.Database(ctx, b.database.ID)
		if err != nil {
			return err
		}
		d.Lease.Owner, d.Lease.Epoch = "other", d.Lease.Epoch+1
		return tx.UpdateDatabase(ctx, &d)
	})
	if again := <-ended; again == nil {
		t.Error("nobody looks at the task again")
	}
	if got, attempts, _ := b.read(t, task.ID); got.State != towpath.TaskRunning ||
		attempts[0].State != towpath.TaskRunning || b.query(t, tables) != "" {
		t.Errorf("task is %+v, attempts %+v: want them untouched", got, attempts)
	}
}

// until waits until a task is as wanted.
func (b *bundle) until(t *testing.T, id string, is func(towpath.Task) bool) {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for task, _, _ := b.read(t, id); !is(task); task, _, _ = b.read(t, id) {
		if time.Now().After(deadline) {
			t.Fatalf("task stays %+v", task)
		}
	}
}

func TestRunTask_startsOverWhileOthersHoldTheLock(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tries int
		state towpath.TaskState
	}{
		"until the lock is free":   {1000, towpath.TaskDone},
		"for a bounded many times": {3, towpath.TaskFailed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.LockTries, b.LockTimeout = c.tries, time.Millisecond
			task := b.task(t, "1", "CREATE TABLE a (x);")
			other, err := b.plain(t, "shop").Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			exec := func(statement string) {
				if _, err := other.ExecContext(context.Background(), statement); err != nil {
					t.Error(err)
				}
			}
			exec("BEGIN IMMEDIATE")
			if c.state == towpath.TaskDone {
				time.AfterFunc(50*time.Millisecond, func() { exec("ROLLBACK") })
			}
			got := b.want(t, task.ID, c.state)
			if c.state == towpath.TaskFailed &&
				!strings.Contains(wording.Text(got.Reason), "given up at try 3") {
				t.Errorf("reason is %q", got.Reason)
			}
		})
	}
}

func TestRunTask_isNeverDoneTwice(t *testing.T) {
	t.Parallel()
	for name, lease := range map[string]time.Duration{
		"while leases hold":                   time.Minute,
		"even when leases end under the runs": time.Millisecond,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.Lease, b.LockTimeout = lease, time.Second
			const races = 100
			for n := range races {
				task := b.task(t, fmt.Sprint(n),
					"CREATE TABLE IF NOT EXISTS counter (n);\nINSERT INTO counter VALUES (1);")
				b.crash(t, task.ID, -time.Second) // running, and its process dead: the way in for both
				b.race(t, task.ID)
			}
			var history []towpath.ChangeHistory
			b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
				history, err = tx.ChangeHistory(ctx, b.database.ID, store.Page{Limit: 1000})
				return err
			})
			if got := b.query(t, "SELECT count(*) FROM counter"); got != fmt.Sprint(races) ||
				len(b.ledger(t)) != races || len(history) != races {
				t.Errorf("%s rows, %d entries in the ledger, %d in the history, want %d each", got,
					len(b.ledger(t)), len(history), races)
			}
		})
	}
}

// race runs a task in two processes at once, with leases too short to finish, and then in one to
// its end.
func (b *bundle) race(t *testing.T, id string) {
	t.Helper()
	var racers sync.WaitGroup
	for _, owner := range []string{"first", "second"} {
		racers.Go(func() {
			if _, err := b.another(owner).RunTask(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	racers.Wait()
	b.crashEnds(t)
	last := b.another("last")
	last.Lease = time.Minute
	run(t, last, id)
	if task, _, _ := b.read(t, id); task.State != towpath.TaskDone {
		t.Fatalf("task is %s: %s", task.State, task.Reason)
	}
}

func TestAdopt_goesOnFromACopy(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.task(t, "1", "CREATE TABLE a (x);")
	b.want(t, first.ID, towpath.TaskDone)
	data, err := os.ReadFile(b.file("shop"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(b.file("copy"), data, 0o600); err != nil {
		t.Fatal(err)
	}
	second := b.task(t, "2", "CREATE TABLE b (x);")
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		c := b.database
		c.Name, c.Lease = "copy", towpath.Lease{}
		if err := tx.CreateDatabase(ctx, &c); err != nil {
			return err
		}
		second.DatabaseID, b.database = c.ID, c
		return tx.UpdateTask(ctx, &second)
	})
	if got := b.want(t, second.ID, towpath.TaskFailed); !strings.Contains(wording.Text(got.Reason),
		"Is it a copy?") {
		t.Fatalf("reason is %q", got.Reason)
	}
	if err := b.Adopt(t.Context(), towpath.Actor{Member: towpath.Member{ID: "ada"}},
		second.DatabaseID); err != nil {
		t.Fatal(err)
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		all, err := tx.ProjectDatabases(ctx, b.database.ProjectID)
		if err != nil {
			return err
		}
		if entries := all[1].Ledger.Entries; len(entries) != 1 ||
			entries[0].DatabaseID != second.DatabaseID || all[1].Lease.Owner != "" {
			t.Errorf("copy is %+v", all[1])
		}
		events, err := tx.Acts(ctx, store.ActFilter{}, store.Page{})
		if len(events) != 1 || events[0].ActorID != "ada" {
			t.Errorf("audit is %+v", events)
		}
		return err
	})
	b.set(t, second.ID, func(t *towpath.Task) { t.State = towpath.TaskPending })
	b.want(t, second.ID, towpath.TaskDone)
}
