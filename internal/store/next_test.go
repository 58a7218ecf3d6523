package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"towpath"
	"towpath/internal/store"
)

func TestMayStartAndLine_decideAsTheRolloutDoes(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		databases := []towpath.Database{w.database}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for n := range 2 {
				d := towpath.Database{
					InstanceID:    w.instance.ID,
					EnvironmentID: w.environment.ID,
					Name:          fmt.Sprint("other", n),
					ProjectID:     w.project.ID,
				}
				if err := tx.CreateDatabase(ctx, &d); err != nil {
					return err
				}
				databases = append(databases, d)
			}
			return nil
		})
		states := []towpath.TaskState{
			towpath.TaskPending, towpath.TaskPending, towpath.TaskHeld,
			towpath.TaskRunning, towpath.TaskDone, towpath.TaskFailed,
			towpath.TaskUnknown, towpath.TaskSkipped,
		}
		undo := errors.New("undo")
		rapid.Check(t, func(rt *rapid.T) {
			err := s.Write(context.Background(), func(tx *store.Tx) error {
				for n, d := range databases {
					for version := range rapid.IntRange(0, 3).Draw(rt, "tasks") {
						task := w.newTask(fmt.Sprint(version), rapid.SampledFrom(states).Draw(rt, "state"))
						task.DatabaseID, task.Stage, task.Sequence = d.ID, min(n, 1), rapid.IntRange(0,
							2).Draw(rt, "sequence")
						if err := tx.CreateTask(context.Background(), &task); err != nil {
							return err
						}
					}
				}
				r, err := tx.Rollout(context.Background(), w.rollout.ID)
				if err != nil {
					return err
				}
				for _, task := range r.Tasks {
					if task.State != towpath.TaskPending {
						continue
					}
					want := slices.ContainsFunc(r.Next(),
						func(next towpath.Task) bool { return next.ID == task.ID })
					if may, err := tx.MayStart(context.Background(), task); err != nil || may != want {
						rt.Errorf("%s in %s: %v, %v, want %v of %+v", task.Version, task.DatabaseID, may, err,
							want, r.Tasks)
					}
				}
				for _, d := range databases {
					line, err := tx.NextTasks(context.Background(), r.ID, d.ID, 3)
					if want := oneByOne(r, d.ID); err != nil || len(line) > len(want) ||
						(len(line) == 0) != (len(want) == 0) ||
						!slices.EqualFunc(line, want[:len(line)], same) {
						rt.Errorf("line in %s: %+v, %v, want %+v", d.ID, line, err, want)
					}
				}
				return undo
			})
			if !errors.Is(err, undo) {
				rt.Fatal(err)
			}
		})
	})
}

func same(a, b towpath.Task) bool { return a.ID == b.ID }

// oneByOne lists what the rollout names next in a database when each task is done in turn.
func oneByOne(r towpath.Rollout, databaseID string) (line []towpath.Task) {
	r.Tasks = slices.Clone(r.Tasks)
	for {
		next := slices.IndexFunc(r.Next(), func(t towpath.Task) bool { return t.DatabaseID == databaseID })
		if next < 0 {
			return line
		}
		task := r.Next()[next]
		line = append(line, task)
		r.Tasks[slices.IndexFunc(r.Tasks,
			func(t towpath.Task) bool { return t.ID == task.ID })].State = towpath.TaskDone
	}
}
