package executor_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/rollout"
	"towpath/internal/store"
)

// line adds tasks of consecutive versions.
func (b *bundle) line(t *testing.T, scripts ...string) (tasks []towpath.Task) {
	t.Helper()
	for n, script := range scripts {
		task := b.task(t, fmt.Sprint(n+1), script)
		b.set(t, task.ID, func(t *towpath.Task) { t.Sequence = n })
		tasks = append(tasks, task)
	}
	return tasks
}

// states lists the states of tasks, separated by spaces.
func (b *bundle) states(t *testing.T, tasks []towpath.Task) string {
	t.Helper()
	var states []string
	for _, task := range tasks {
		now, _, _ := b.read(t, task.ID)
		states = append(states, string(now.State))
	}
	return strings.Join(states, " ")
}

func creates(n int) (scripts []string) {
	for i := range n {
		scripts = append(scripts, fmt.Sprintf("CREATE TABLE a%d (x);", i))
	}
	return scripts
}

// never is a heartbeat without beats: no task counts as slow on a busy machine.
var never = make(chan time.Time)

func TestBatch_whatFollowsRunsUnderTheSameLease(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Ticks = never
	tasks := b.line(t, creates(50)...)
	run(t, b.Service, tasks[0].ID)
	if got := strings.ReplaceAll(b.states(t, tasks), "done", ""); strings.TrimSpace(got) != "" {
		t.Errorf("tasks are %q, want all done", got)
	}
	ledger := b.ledger(t)
	for n, e := range ledger {
		if e.Version != fmt.Sprint(n+1) || e.Epoch != 1 {
			t.Fatalf("row %d of the ledger is %+v", n, e)
		}
	}
	last, attempts, history := b.read(t, tasks[49].ID)
	if before, _, _ := b.read(t, tasks[48].ID); last.StartedAt.Before(*before.FinishedAt) ||
		!attempts[0].StartedAt.Equal(*last.StartedAt) {
		t.Errorf("it began at %s, the one before ended at %s", last.StartedAt, before.FinishedAt)
	}
	if len(ledger) != 50 || len(attempts) != 1 || attempts[0].State != towpath.TaskDone ||
		len(history) != 50 {
		t.Errorf("%d rows, attempts %+v, %d in the history", len(ledger), attempts, len(history))
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		d, err := tx.Database(ctx, b.database.ID)
		if d.Lease.Owner != "" {
			t.Errorf("the lease is %+v, want it given back", d.Lease)
		}
		return err
	})
}

func TestBatch_aFailureLeavesWhatFollowsPending(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tasks := b.line(t, append(creates(3), "CREATE TABLE a1 (x);", "CREATE TABLE b (x);",
		"CREATE TABLE c (x);")...)
	run(t, b.Service, tasks[0].ID)
	if got := b.states(t, tasks); got != "done done done failed pending pending" {
		t.Errorf("tasks are %q", got)
	}
	last, attempts, _ := b.read(t, tasks[4].ID)
	if len(attempts) != 0 || last.Attempts != 0 || last.StartedAt != nil {
		t.Errorf("a task that was not begun: %+v, attempts %+v", last, attempts)
	}
	b.set(t, tasks[3].ID, func(t *towpath.Task) { t.State = towpath.TaskSkipped })
	run(t, b.Service, tasks[4].ID)
	if got := b.states(t, tasks); got != "done done done skipped done done" {
		t.Errorf("after a skip, tasks are %q", got)
	}
}

func TestBatch_aHeldTaskIsPassedOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tasks := b.line(t, creates(4)...)
	b.set(t, tasks[2].ID, func(t *towpath.Task) { t.State = towpath.TaskHeld })
	run(t, b.Service, tasks[0].ID)
	if got := b.states(t, tasks); got != "done done held done" {
		t.Errorf("tasks are %q", got)
	}
}

func TestBatch_aLongTaskFreesThoseThatWaitForIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tasks := b.line(t, append(creates(2), slow, "CREATE TABLE b (x);", "CREATE TABLE c (x);")...)
	ended := make(chan error)
	go func() {
		_, err := b.RunTask(t.Context(), tasks[0].ID)
		ended <- err
	}()
	b.until(t, tasks[2].ID, func(task towpath.Task) bool {
		return b.states(t, tasks) == "done done running pending pending"
	})
	b.set(t, tasks[3].ID, func(t *towpath.Task) {
		t.State, t.Reason = towpath.TaskSkipped, towpath.Why(towpath.ReasonSkipped, "text", "not wanted")
	})
	b.set(t, tasks[2].ID, func(t *towpath.Task) { now := time.Now(); t.CancelAt = &now })
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if got := b.states(t, tasks); got != "done done failed skipped pending" {
		t.Errorf("tasks are %q", got)
	}
	if cancelled, _, _ := b.read(t, tasks[2].ID); cancelled.Reason.Code != towpath.ReasonCancelled {
		t.Errorf("the reason is %q", cancelled.Reason)
	}
}

func TestBatch_aCrashLeavesTheWholeBatchToTheNext(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tasks := b.line(t, creates(5)...)
	b.set(t, tasks[2].ID, func(t *towpath.Task) { t.State = towpath.TaskFailed })
	run(t, b.Service, tasks[0].ID)
	run(t, b.Service, tasks[1].ID)
	b.restore(t, tasks[0].ID)
	for _, task := range tasks {
		b.crash(t, task.ID, 0)
	}
	b.crashEnds(t)
	run(t, b.Service, tasks[0].ID) // the job that began the batch
	if got := b.states(t, tasks); got != "done done done done done" {
		t.Errorf("tasks are %q", got)
	}
	_, _, history := b.read(t, tasks[4].ID)
	if ledger := b.ledger(t); len(ledger) != 5 || len(history) != 5 {
		t.Errorf("%d rows in the ledger, %d in the history, want 5 and 5", len(ledger), len(history))
	}
}

func TestBatch_atMostSoManyDatabasesOfAnInstance(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.PerInstance = 1
	task := b.task(t, "1", "CREATE TABLE a (x);")
	other := towpath.Database{
		InstanceID:    b.database.InstanceID,
		EnvironmentID: b.database.EnvironmentID,
		Name:          "other",
		ProjectID:     b.database.ProjectID,
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.CreateDatabase(ctx, &other); err != nil {
			return err
		}
		_, _, err := tx.ClaimTarget(ctx, other.ID, "somebody", tx.Now.Add(time.Hour))
		return err
	})
	if again, err := b.RunTask(t.Context(), task.ID); err != nil || again == nil {
		t.Fatalf("beside a busy database: again %v, error %v", again, err)
	}
	b.write(t,
		func(ctx context.Context, tx *store.Tx) error {
			return tx.ReleaseTarget(ctx, other.ID,
				"somebody", 1)
		})
	b.want(t, task.ID, towpath.TaskDone)
}

// supersede moves open tasks to a newer rollout, as a push does.
func (b *bundle) supersede(t *testing.T, tasks []towpath.Task) (newer towpath.Rollout) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		old := b.rollout
		old.FinishedAt = &tx.Now
		if err := tx.UpdateRollout(ctx, &old); err != nil {
			return err
		}
		newer = towpath.Rollout{
			ProjectID: old.ProjectID,
			LinkID:    old.LinkID,
			Commit:    "beef",
			State:     towpath.RolloutPending,
		}
		if err := tx.CreateRollout(ctx, &newer); err != nil {
			return err
		}
		old.State, old.SupersededBy = towpath.RolloutSuperseded, newer.ID
		return tx.UpdateRollout(ctx, &old)
	})
	for _, task := range tasks {
		b.set(t, task.ID, func(t *towpath.Task) {
			if t.State.Open() {
				t.RolloutID = newer.ID
			}
		})
	}
	return newer
}

func TestBatch_aNewerRolloutTakesOverWhatIsClaimed(t *testing.T) {
	t.Parallel()
	for name, dies := range map[string]bool{
		"and the batch reports what it did": false,
		"and the batch dies":                true,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.Ticks = never
			tasks := b.line(t, creates(5)...)
			var newer towpath.Rollout
			b.Reached = func(place string) {
				if now, _, _ := b.read(t, tasks[0].ID); place != "before outcome" ||
					now.State != towpath.TaskDone || newer.ID != "" {
					return
				}
				newer = b.supersede(t, tasks)
				if dies {
					b.crashEnds(t) // another process holds the target meanwhile
				}
			}
			if again, err := b.RunTask(t.Context(), tasks[0].ID); err != nil || (again != nil) != dies {
				t.Fatalf("again %v, error %v", again, err)
			}
			if dies {
				run(t, b.Service, tasks[0].ID)
			}
			if got := b.states(t, tasks); got != "done done done done done" {
				t.Errorf("tasks are %q", got)
			}
			if !b.wanted(t, towpath.JobAdvance, newer.ID) {
				t.Error("nobody looks at the newer rollout")
			}
			if _, _, history := b.read(t, tasks[0].ID); len(history) != 5 || history[0].Author != "Ada" {
				t.Errorf("the history is %+v", history)
			}
		})
	}
}

func TestBatch_whatIsCancelledBeforeItBeganNeverRuns(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Ticks = never
	tasks := b.line(t, append(creates(3), "CREATE TABLE a1 (x);", "CREATE TABLE b (x);",
		"CREATE TABLE c (x);")...)
	decisions := &rollout.Service{Store: b.Store}
	b.Reached = func(place string) {
		if place != "before outcome" || b.states(t, tasks) != "done running running running running pending" {
			return
		}
		if now, _, _ := b.read(t, tasks[4].ID); now.CancelAt == nil {
			if _, err := decisions.Cancel(t.Context(), towpath.Actor{}, tasks[4].ID); err != nil {
				t.Error(err)
			}
		}
	}
	run(t, b.Service, tasks[0].ID)
	if got := b.states(t, tasks); got != "done done done failed failed pending" {
		t.Errorf("tasks are %q", got)
	}
	cancelled, attempts, _ := b.read(t, tasks[4].ID)
	if cancelled.Reason.Code != towpath.ReasonCancelledEarly || len(attempts) != 1 ||
		attempts[0].State != towpath.TaskFailed || attempts[0].StartedAt.IsZero() {
		t.Errorf("task %+v, attempts %+v", cancelled, attempts)
	}
}

func TestBatch_aCancelOutlivesACrash(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, "1", slow)
	b.crash(t, task.ID, 0)
	b.set(t, task.ID, func(t *towpath.Task) { now := time.Now(); t.CancelAt = &now })
	b.crashEnds(t)
	if got := b.want(t, task.ID, towpath.TaskFailed); got.Reason.Code != towpath.ReasonCancelled ||
		got.CancelAt != nil {
		t.Errorf("task is %+v", got)
	}
}

func TestBatch_aTaskThatMissedANewerTextIsPlannedAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ticks := make(chan time.Time)
	b.Ticks = ticks
	tasks := b.line(t, append(creates(2), slow, "CREATE TABLE b (x);")...)
	newer, begun := "", make(chan struct{})
	b.Reached = func(place string) {
		switch {
		case place != "after intent" || b.states(t, tasks) != "done running running running":
		case newer == "":
			newer = b.supersede(t, tasks).ID
		default:
			close(begun) // the slow one
		}
	}
	ended := make(chan error)
	go func() {
		_, err := b.RunTask(t.Context(), tasks[0].ID)
		ended <- err
	}()
	select {
	case <-begun:
	case err := <-ended:
		t.Fatalf("it ended before: %v", err)
	}
	b.until(t, tasks[3].ID, func(task towpath.Task) bool {
		select {
		case ticks <- time.Now():
		default:
		}
		return task.State == towpath.TaskPending && task.RolloutID != b.rollout.ID
	})
	if !b.wanted(t, towpath.JobReconcile, "link") || !b.wanted(t, towpath.JobAdvance, newer) {
		t.Error("nobody looks whether its text is still the branch's")
	}
	b.set(t, tasks[2].ID, func(t *towpath.Task) { now := time.Now(); t.CancelAt = &now })
	for running := true; running; {
		select {
		case ticks <- time.Now():
		case err := <-ended:
			if err != nil {
				t.Fatal(err)
			}
			running = false
		}
	}
	if got := b.states(t, tasks); got != "done done failed pending" {
		t.Errorf("tasks are %q", got)
	}
}

func TestBatch_whatWaitsEndsWithItsRepositoryUnlinked(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.Ticks = never
	tasks := b.line(t, append(creates(3), "CREATE TABLE a1 (x);", "CREATE TABLE b (x);")...)
	unlinked := false
	b.Reached = func(place string) {
		if unlinked || place != "before outcome" ||
			b.states(t, tasks) != "done running running running running" {
			return
		}
		unlinked = true
		b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteLink(ctx, "link") })
	}
	run(t, b.Service, tasks[0].ID)
	if got := b.states(t, tasks); got != "done done done failed cancelled" {
		t.Errorf("tasks are %q", got)
	}
}

func TestBatch_whatCouldNotBeGivenBackIsGivenBackLater(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ticks := make(chan time.Time)
	b.Ticks = ticks
	tasks := b.line(t, creates(6)...)
	metadata := open(t, b.meta+"?_pragma=busy_timeout(5000)")
	looked := ""
	b.Reached = func(place string) {
		if place != "before outcome" || looked != "" ||
			b.states(t, tasks) != "done running running running running pending" {
			return
		}
		for _, text := range []string{
			"CREATE TRIGGER stays BEFORE UPDATE ON task WHEN NEW.state = 'pending' BEGIN SELECT RAISE(ABORT, 'no'); END", "DROP TRIGGER stays",
		} {
			if _, err := metadata.Exec(text); err != nil {
				t.Error(err)
			}
			for range 3 { // the last one is claimed when the others have finished
				ticks <- time.Time{}
			}
			looked += b.states(t, tasks) + "; "
		}
	}
	run(t, b.Service, tasks[0].ID)
	const want = "done running running running running pending; done running pending pending pending " +
		"pending; "
	if looked != want {
		t.Errorf("meanwhile tasks are %q, want %q", looked, want)
	}
	if got := b.states(t, tasks); got != "done done done done done done" {
		t.Errorf("tasks are %q", got)
	}
}
