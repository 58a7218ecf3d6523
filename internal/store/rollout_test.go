package store_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/store"
)

func TestTask_isOpenOnceInADatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		first := w.newTask("1", towpath.TaskPending)
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CreateTask(ctx, &first) })
		again := func(ctx context.Context, tx *store.Tx) error {
			second := w.newTask("1", towpath.TaskHeld)
			return tx.CreateTask(ctx, &second)
		}
		refused(t, s, towpath.CodeConflict, again)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			first.State = towpath.TaskCancelled
			return tx.UpdateTask(ctx, &first)
		})
		write(t, s, again)
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			open, err := tx.OpenTasks(ctx, w.database.ID)
			if len(open) != 1 || open[0].State != towpath.TaskHeld {
				t.Errorf("open: %+v", open)
			}
			return err
		})
	})
}

// Only the store changes a task's state, and it knows the allowed changes.
func TestTask_movesAsTheRulesSay(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		states := []towpath.TaskState{
			towpath.TaskPending, towpath.TaskHeld, towpath.TaskRunning, towpath.TaskDone,
			towpath.TaskFailed, towpath.TaskUnknown, towpath.TaskSkipped, towpath.TaskCancelled,
		}
		for i, from := range states {
			for j, to := range states {
				task := w.newTask(fmt.Sprintf("%d.%d", i, j), from)
				write(t, s,
					func(ctx context.Context, tx *store.Tx) error { return tx.CreateTask(ctx, &task) })
				err := s.Write(t.Context(), func(tx *store.Tx) error {
					moved := task
					moved.State = to
					return tx.UpdateTask(t.Context(), &moved)
				})
				if may := from == to || from.MayBecome(to); may != (err == nil) {
					t.Errorf("from %s to %s: %v", from, to, err)
				}
			}
		}
		missing := w.newTask("9", towpath.TaskPending)
		refused(t, s, towpath.CodeNotFound,
			func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &missing) })
	})
}

func TestRollout_isOpenOnceOfALink(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		again := func(tx *store.Tx) error {
			r := w.newRollout()
			return tx.CreateRollout(t.Context(), &r)
		}
		if err := s.Write(t.Context(), again); err == nil {
			t.Fatal("a link has two open rollouts")
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			w.rollout.State, w.rollout.FinishedAt = towpath.RolloutDone, &tx.Now
			if err := tx.UpdateRollout(ctx, &w.rollout); err != nil {
				return err
			}
			return again(tx)
		})
	})
}

func TestRollout_isReadWithItsTasksInOrder(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		var want []towpath.Task
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			want = nil
			for _, at := range []struct {
				version         string
				stage, sequence int
			}{{"3", 1, 0}, {"2", 0, 1}, {"1", 0, 0}} {
				task := w.newTask(at.version, towpath.TaskPending)
				task.Stage, task.Sequence, task.Covers = at.stage, at.sequence, []towpath.Migration{
					migration("covered by " + at.version),
				}
				if err := tx.CreateTask(ctx, &task); err != nil {
					return err
				}
				want = append([]towpath.Task{task}, want...)
			}
			return nil
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			r, err := tx.OpenRollout(ctx, w.link.ID)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(want, r.Tasks); diff != "" {
				t.Error(diff)
			}
			outline, err := tx.RolloutOutline(ctx, r.ID)
			if err != nil {
				return err
			}
			if diff := cmp.Diff(r.Next()[0].ID, outline.Next()[0].ID); diff != "" {
				t.Error(diff)
			}
			if n, err := count(tx.CommitTasks(ctx, w.link.ID, w.rollout.Commit)); n != 3 || err != nil {
				t.Errorf("%d tasks of the commit (%v)", n, err)
			}
			n, err := count(tx.CommitTasks(ctx, "another link", w.rollout.Commit))
			if n != 0 {
				t.Errorf("%d tasks of another link", n)
			}
			return err
		})
	})
}

func TestAttempt_keepsItsLog(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		task := w.newTask("1", towpath.TaskRunning)
		logs := []towpath.StatementLog{
			{
				Index: 0, Line: 1, Column: 1, Summary: "CREATE TABLE", Duration: 1500 * time.Microsecond,
				StartedAt: new(time.Date(2026, 11, 30, 1, 2, 3, 4000, time.UTC)),
			},
			{Index: 1, Line: 2, Rows: 3, Error: "no"},
		}
		var attempt towpath.Attempt
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.CreateTask(ctx, &task); err != nil {
				return err
			}
			attempt = towpath.Attempt{
				TaskID:    task.ID,
				Number:    1,
				State:     towpath.TaskRunning,
				StartedAt: tx.Now,
			}
			if err := tx.CreateAttempt(ctx, &attempt); err != nil {
				return err
			}
			if err := tx.AddStatements(ctx, attempt.ID, logs[:1]); err != nil {
				return err
			}
			return tx.AddStatements(ctx, attempt.ID, logs) // the first one is known already
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			attempts, err := tx.Attempts(ctx, task.ID)
			if err != nil {
				return err
			}
			if diff := cmp.Diff([]towpath.Attempt{attempt}, attempts); diff != "" {
				t.Error(diff)
			}
			got, err := tx.Statements(ctx, attempt.ID, 0, 0)
			if diff := cmp.Diff(logs, got); diff != "" {
				t.Error(diff)
			}
			return err
		})
	})
}

func TestLedger_isKnownPerDatabase(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w, c := newWorld(t, s), stopClock(s)
		set := func(snapshot towpath.LedgerSnapshot) {
			at := c.now()
			snapshot.At = &at
			write(t, s,
				func(ctx context.Context, tx *store.Tx) error {
					return tx.SetLedger(ctx, w.database.ID,
						snapshot)
				})
		}
		known := func() (ledger towpath.LedgerSnapshot) {
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				list, err := tx.ProjectDatabases(ctx, w.project.ID)
				if err == nil && len(list) != 1 {
					t.Fatalf("%d databases", len(list))
				}
				ledger = list[0].Ledger
				return err
			})
			return ledger
		}
		is := func(what string, want ...towpath.LedgerEntry) {
			t.Helper()
			if diff := cmp.Diff(want, known().Entries); diff != "" {
				t.Errorf("%s (-want +got)\n%s", what, diff)
			}
		}
		one, two, three := w.entry("1"), w.entry("2"), w.entry("3")
		three.DatabaseID = "of the original"
		set(towpath.LedgerSnapshot{Entries: []towpath.LedgerEntry{one, two}})
		is("as it was read", one, two)
		set(towpath.LedgerSnapshot{Error: towpath.Why(towpath.ReasonNoAnswer)})
		is("as before a failed reading", one, two)
		if ledger := known(); ledger.Error.Code != towpath.ReasonNoAnswer || !ledger.At.Equal(c.now()) {
			t.Errorf("ledger %+v", ledger)
		}
		finished := c.now()
		two.Checksum, two.FinishedAt = "edited", &finished
		set(towpath.LedgerSnapshot{Entries: []towpath.LedgerEntry{two, three}})
		is("one gone, one changed, one new", two, three)
		two.State = towpath.LedgerRunning
		write(t, s,
			func(ctx context.Context, tx *store.Tx) error {
				return tx.NoteLedger(ctx, w.database.ID, one,
					two)
			})
		is("with what was noted", one, two, three)
		set(towpath.LedgerSnapshot{Number: 7, Entries: []towpath.LedgerEntry{one, two}})
		set(towpath.LedgerSnapshot{Number: 6, Entries: []towpath.LedgerEntry{one}})
		is("as a write left it that overtook the reading", one, two)
		set(towpath.LedgerSnapshot{Populated: true})
		is("empty")
		if !known().Populated {
			t.Error("forgot that the database has tables")
		}
	})
}

func TestTarget_belongsToOneOwnerAtATime(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w, c := newWorld(t, s), stopClock(s)
		take := func(owner string) (epoch int64, ok bool) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				epoch, ok, err = tx.ClaimTarget(ctx, w.database.ID, owner, tx.Now.Add(time.Minute))
				return err
			})
			return epoch, ok
		}
		extend := func(owner string, epoch int64) (ok bool) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				ok, err = tx.ExtendTarget(ctx, w.database.ID, owner, epoch, tx.Now.Add(time.Minute))
				return err
			})
			return ok
		}
		release := func(owner string, epoch int64) {
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				return tx.ReleaseTarget(ctx, w.database.ID, owner, epoch)
			})
		}
		first, ok := take("a")
		if _, taken := take("b"); !ok || taken {
			t.Fatalf("a got it: %v; b got it too: %v", ok, taken)
		}
		if again, ok := take("a"); !ok || again != first+1 {
			t.Errorf("the owner's next epoch after %d is %d (%v)", first, again, ok)
		}
		if extend("a", first) || !extend("a", first+1) || extend("b", first+1) {
			t.Error("only the newest epoch of the owner may extend")
		}
		c.advance(59 * time.Second)
		if _, taken := take("b"); taken {
			t.Error("taken before its end")
		}
		c.advance(time.Second)
		third, ok := take("b")
		if !ok || third != first+2 {
			t.Errorf("after its end: epoch %d (%v)", third, ok)
		}
		release("a", first+1)
		if _, taken := take("a"); taken {
			t.Error("an old owner's release counted")
		}
		release("b", third)
		if epoch, ok := take("a"); !ok || epoch != third+1 {
			t.Errorf("after its release: epoch %d (%v)", epoch, ok)
		}
		if extend("b", third) {
			t.Error("extended what was given back")
		}
	})
}
