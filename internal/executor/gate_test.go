package executor_test

import (
	"context"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

// gated gives the environment of the bundle a gate and the task a pass for it.
func (b *bundle) gated(t *testing.T, id string, gate towpath.Gate) (e towpath.Environment) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		if e, err = tx.Environment(ctx, b.database.EnvironmentID); err != nil {
			return err
		}
		e.Gate = gate
		if err := tx.UpdateEnvironment(ctx, &e); err != nil {
			return err
		}
		task, err := tx.Task(ctx, id)
		if err != nil {
			return err
		}
		task.EnvironmentID = e.ID
		s, _, _, err := tx.StageOfTask(ctx, task)
		if err != nil {
			return err
		}
		task.Pass = s.Pass(task)
		return tx.UpdateTask(ctx, &task)
	})
	return e
}

func TestRunTask_runsWhatAStartLetThrough(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, "1", "CREATE TABLE a (id INTEGER);")
	b.gated(t, task.ID, towpath.Gate{Start: towpath.StartManual})
	b.want(t, task.ID, towpath.TaskDone)
}

// What has changed between the start and the claim goes back to the gate and does not run.
func TestRunTask_holdsWhatHasMovedSinceItsStart(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*towpath.Environment, *towpath.Task){
		"no start":        func(_ *towpath.Environment, task *towpath.Task) { task.Pass = "" },
		"another text":    func(_ *towpath.Environment, task *towpath.Task) { task.Checksum += "0" },
		"another limit":   func(e *towpath.Environment, _ *towpath.Task) { e.LockTimeout = time.Minute },
		"a stricter gate": func(e *towpath.Environment, _ *towpath.Task) { e.Consent.People = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			task := b.task(t, "1", "CREATE TABLE a (id INTEGER);")
			e := b.gated(t, task.ID, towpath.Gate{Start: towpath.StartManual})
			b.set(t, task.ID, func(task *towpath.Task) { change(&e, task) })
			b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateEnvironment(ctx, &e) })
			task = b.want(t, task.ID, towpath.TaskHeld)
			if !task.WaitsForStart() || task.Attempts != 0 || !b.wanted(t, towpath.JobAdvance, b.rollout.ID) {
				t.Errorf("%+v", task)
			}
		})
	}
}

// A task that was started waits while a freeze lasts, and is asked for again at its end.
func TestRunTask_beginsNothingInAFreeze(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, "1", "CREATE TABLE a (id INTEGER);")
	today := b.Store.Now().UTC().Format(time.DateOnly)
	b.gated(t, task.ID, towpath.Gate{Windows: []towpath.Window{{
		Effect: towpath.WindowDeny, From: "00:00", Minutes: 2 * 1440, Zone: "UTC", FirstDay: today, LastDay: today,
	}}})
	again, err := b.RunTask(t.Context(), task.ID)
	if err != nil || again == nil || again.Sub(b.Store.Now()) < 23*time.Hour {
		t.Errorf("again %v, %v", again, err)
	}
	if now, _, _ := b.read(t, task.ID); now.State != towpath.TaskPending || now.Attempts != 0 {
		t.Errorf("%+v", now)
	}
}

// Nothing starts while a pause stops it, whatever it is of, and what follows does not either.
func TestRunTask_waitsWhilePaused(t *testing.T) {
	t.Parallel()
	for _, scope := range []towpath.PauseScope{towpath.PauseAll, towpath.PauseDatabase, towpath.PauseRollout} {
		t.Run(string(scope), func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			task := b.task(t, "1", "CREATE TABLE a (id INTEGER);")
			subject := map[towpath.PauseScope]string{
				towpath.PauseDatabase: task.DatabaseID, towpath.PauseRollout: task.RolloutID,
			}[scope]
			b.write(t, func(ctx context.Context, tx *store.Tx) error {
				other := towpath.Pause{Scope: towpath.PauseDatabase, SubjectID: "another"}
				if err := tx.CreatePause(ctx, &other); err != nil {
					return err
				}
				return tx.CreatePause(ctx, &towpath.Pause{Scope: scope, SubjectID: subject})
			})
			b.want(t, task.ID, towpath.TaskPending)
			b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.DeletePause(ctx, scope, subject) })
			b.want(t, task.ID, towpath.TaskDone)
		})
	}
}
