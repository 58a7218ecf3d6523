package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

// addRollout makes a finished rollout of one task in the state, with a statement's log and the
// schema after the change.
func addRollout(
	ctx context.Context, tx *store.Tx, w *world, version string, state towpath.TaskState,
) (string, error) {
	r := w.newRollout()
	if err := tx.CreateRollout(ctx, &r); err != nil {
		return "", err
	}
	r.State, r.FinishedAt = towpath.RolloutDone, &tx.Now
	task := w.newTask(version, towpath.TaskPending)
	task.RolloutID = r.ID
	if err := tx.CreateTask(ctx, &task); err != nil {
		return "", err
	}
	for _, next := range []towpath.TaskState{towpath.TaskRunning, towpath.TaskFailed, state} {
		if state == towpath.TaskDone && next == towpath.TaskFailed {
			continue
		}
		task.State = next
		if err := tx.UpdateTask(ctx, &task); err != nil {
			return "", err
		}
	}
	attempt := towpath.Attempt{
		TaskID:     task.ID,
		Number:     1,
		State:      towpath.TaskDone,
		StartedAt:  tx.Now,
		FinishedAt: &tx.Now,
	}
	if err := tx.CreateAttempt(ctx, &attempt); err != nil {
		return "", err
	}
	if err := tx.UpdateAttempt(ctx, &attempt); err != nil {
		return "", err
	}
	if err := tx.AddStatements(ctx, attempt.ID, []towpath.StatementLog{
		{Summary: "CREATE TABLE x"},
		{Index: 1, Summary: "INSERT"},
	}); err != nil {
		return "", err
	}
	change := towpath.ChangeHistory{
		DatabaseID:   w.database.ID,
		RolloutID:    r.ID,
		TaskID:       task.ID,
		Migration:    migration(version),
		State:        towpath.LedgerDone,
		StartedAt:    tx.Now,
		SchemaBefore: "schema before " + version,
		SchemaAfter:  "schema after " + version,
	}
	if err := tx.AddHistory(ctx, &change); err != nil {
		return "", err
	}
	return r.ID, tx.UpdateRollout(ctx, &r)
}

func TestPrune_keepsTheNewestAndWhatStillCounts(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		var ids []string
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			open := w.rollout
			open.FinishedAt = &tx.Now // so that others can be made
			if err := tx.UpdateRollout(ctx, &open); err != nil {
				return err
			}
			for n := range 10 {
				state := towpath.TaskDone
				if n == 1 {
					state = towpath.TaskSkipped
				}
				id, err := addRollout(ctx, tx, w, fmt.Sprint(n), state)
				if err != nil {
					return err
				}
				ids = append(ids, id)
			}
			return nil
		})
		if err := s.Prune(t.Context(), store.Retention{}); err != nil {
			t.Fatal(err)
		}
		if got := rolloutIDs(t, s); len(got) != 11 {
			t.Errorf("nothing is to be pruned, and %d of 11 rollouts are left", len(got))
		}
		if err := s.Prune(t.Context(), store.Retention{Rollouts: 3, Schemas: 2}); err != nil {
			t.Fatal(err)
		}
		want := []string{ids[1], ids[7], ids[8], ids[9]} // the first is skipped
		if got := rolloutIDs(t, s); !slices.Equal(got, want) {
			t.Errorf("rollouts %v are left, want %v", got, want)
		}
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			skipped, err := tx.SkippedTasks(ctx, w.project.ID)
			if err != nil || len(skipped) != 1 {
				t.Errorf("skipped tasks: %v, %v", skipped, err)
			}
			changes, err := tx.ChangeHistory(ctx, w.database.ID, store.Page{Limit: 100})
			if err != nil {
				return err
			}
			if len(changes) != 10 {
				t.Errorf("%d of 10 changes are left in the history", len(changes))
			}
			for i, c := range changes {
				if kept := i >= 8; kept != (c.SchemaAfter != "" && c.SchemaBefore != "") {
					t.Errorf("change %s has the schemas %q and %q", c.Version, c.SchemaBefore, c.SchemaAfter)
				}
				if kept := slices.Contains(want, ids[i]); kept != (c.RolloutID == ids[i] && c.TaskID != "") {
					t.Errorf("change %s refers to rollout %q, task %q", c.Version, c.RolloutID, c.TaskID)
				}
			}
			return nil
		})
	})
}

func rolloutIDs(t *testing.T, s *store.Store) (ids []string) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		list, err := tx.Rollouts(ctx, store.RolloutFilter{}, store.Page{Limit: 1000})
		for _, r := range list {
			ids = append(ids, r.ID)
		}
		return err
	})
	return ids
}

func TestPrune_removesOldStatementLogs(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		var id string
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			open := w.rollout
			open.FinishedAt = &tx.Now
			if err := tx.UpdateRollout(ctx, &open); err != nil {
				return err
			}
			id, err = addRollout(ctx, tx, w, "1", towpath.TaskDone)
			return err
		})
		logs := func() (n int) {
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				r, err := tx.Rollout(ctx, id)
				if err != nil {
					return err
				}
				attempts, err := tx.Attempts(ctx, r.Tasks[0].ID)
				if err != nil || len(attempts) != 1 {
					return fmt.Errorf("%d attempts: %w", len(attempts), err)
				}
				list, err := tx.Statements(ctx, attempts[0].ID, 0, 100)
				n = len(list)
				return err
			})
			return n
		}
		if err := s.Prune(t.Context(), store.Retention{Statements: time.Hour}); err != nil || logs() != 2 {
			t.Fatalf("%d statements of a fresh attempt are left (%v)", logs(), err)
		}
		time.Sleep(2 * time.Millisecond)
		if err := s.Prune(t.Context(), store.Retention{Statements: time.Millisecond}); err != nil ||
			logs() != 0 {
			t.Errorf("%d statements of an old attempt are left (%v)", logs(), err)
		}
	})
}

// A rollout stays until a second person has looked at the start past its gate.
func TestPrune_keepsARolloutThatWaitsForASecondLook(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		look := towpath.SecondLook{ID: "start", ProjectID: w.project.ID}
		prune := func(want bool) {
			t.Helper()
			if err := s.Prune(t.Context(), store.Retention{Rollouts: 1}); err != nil {
				t.Fatal(err)
			}
			if got := slices.Contains(rolloutIDs(t, s), look.RolloutID); got != want {
				t.Errorf("the rollout is kept: %t", got)
			}
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			open := w.rollout
			open.FinishedAt = &tx.Now // so that others can be made
			if err := tx.UpdateRollout(ctx, &open); err != nil {
				return err
			}
			if look.RolloutID, err = addRollout(ctx, tx, w, "7", towpath.TaskDone); err != nil {
				return err
			}
			if _, err := addRollout(ctx, tx, w, "8", towpath.TaskDone); err != nil {
				return err
			}
			return tx.CreateSecondLook(ctx, look)
		})
		prune(true)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			look.LookedAt = &tx.Now
			return tx.UpdateSecondLook(ctx, look)
		})
		prune(false)
	})
}
