package rollout_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/rollout"
	"towpath/internal/store"
	"towpath/internal/store/storetest"
	"towpath/internal/wording"
)

type bundle struct {
	*rollout.Service
	rollout   towpath.Rollout
	databases []string // test, prod
}

func setup(t *testing.T) *bundle {
	t.Helper()
	st, err := store.Open(t.Context(), storetest.SQLite(t, filepath.Join(t.TempDir(), "metadata.db")))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	b := &bundle{Service: &rollout.Service{Store: st}}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		p := towpath.Project{Name: "Shop"}
		if err := tx.CreateProject(ctx, &p); err != nil {
			return err
		}
		for _, name := range []string{"test", "prod"} {
			e := towpath.Environment{Name: name}
			if err := tx.CreateEnvironment(ctx, &e); err != nil {
				return err
			}
			i := towpath.Instance{
				ID:            store.NewID(),
				Name:          name,
				Engine:        towpath.EngineSQLite,
				EnvironmentID: e.ID,
			}
			if err := tx.CreateInstance(ctx, &i); err != nil {
				return err
			}
			d := towpath.Database{InstanceID: i.ID, EnvironmentID: e.ID, Name: "shop", ProjectID: p.ID}
			if err := tx.CreateDatabase(ctx, &d); err != nil {
				return err
			}
			b.databases = append(b.databases, d.ID)
		}
		b.rollout = towpath.Rollout{ProjectID: p.ID, LinkID: "link", State: towpath.RolloutPending}
		if err := storetest.AddLink(ctx, tx, p.ID, "newer"); err != nil {
			return err
		}
		return tx.CreateRollout(ctx, &b.rollout)
	})
	return b
}

// file puts a file of a migration into the link's manifest.
func (b *bundle) file(t *testing.T, m towpath.Migration) {
	t.Helper()
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.PutManifestFile(ctx, towpath.ManifestFile{
			LinkID: "link", State: towpath.FileMatched,
			Migration: m,
		})
	})
}

func (b *bundle) write(t *testing.T, fn func(context.Context, *store.Tx) error) {
	t.Helper()
	if err := b.Store.Write(t.Context(),
		func(tx *store.Tx) error { return fn(t.Context(), tx) }); err != nil {
		t.Fatal(err)
	}
}

// task adds a task of a version to the database of a stage.
func (b *bundle) task(t *testing.T, stage int, version string, state towpath.TaskState) towpath.Task {
	t.Helper()
	task := towpath.Task{
		RolloutID:  b.rollout.ID,
		ProjectID:  b.rollout.ProjectID,
		DatabaseID: b.databases[stage],
		Stage:      stage,
		Action:     towpath.ActionApply,
		State:      state,
	}
	task.MigrationID, task.Path, task.Reason = towpath.MigrationID{
		Version: version,
		Type:    towpath.TypeDDL,
	}, version+".sql", towpath.Why(towpath.ReasonPopulated)
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.CreateTask(ctx, &task) })
	b.file(t, task.Migration)
	return task
}

func TestRetry_runsTheTextOfTheBranch(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, 0, "1", towpath.TaskFailed)
	better := task.Migration
	better.Checksum = "of the better text"
	b.file(t, better)
	got, err := b.Retry(t.Context(), towpath.Actor{}, task.ID)
	if err != nil || got.Checksum != better.Checksum || got.Commit != "newer" ||
		got.State != towpath.TaskPending {
		t.Errorf("%+v %v", got, err)
	}
	gone := b.task(t, 0, "2", towpath.TaskFailed)
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.DeleteManifestFile(ctx, "link",
			gone.Path)
	})
	if _, err := b.Retry(t.Context(), towpath.Actor{},
		gone.ID); towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Errorf("retrying a file that is gone: %v", err)
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.DeleteLink(ctx, "link") })
	if _, err := b.Retry(t.Context(), towpath.Actor{},
		gone.ID); towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Errorf("retrying after the repository was unlinked: %v", err)
	}
	if skipped, err := b.Skip(t.Context(), towpath.Actor{}, gone.ID, "no longer wanted"); err != nil ||
		skipped.State != towpath.TaskSkipped {
		t.Errorf("skipping it: %+v %v", skipped, err)
	}
}

func (b *bundle) advance(t *testing.T) towpath.Rollout {
	t.Helper()
	if _, err := b.Advance(t.Context(), b.rollout.ID); err != nil {
		t.Fatalf("advance: %v", err)
	}
	var r towpath.Rollout
	b.write(t, func(ctx context.Context, tx *store.Tx) (err error) {
		r, err = tx.Rollout(ctx, b.rollout.ID)
		return err
	})
	return r
}

// wanted reports whether a job was requested.
func (b *bundle) wanted(t *testing.T, kind towpath.JobKind, subject string) bool {
	t.Helper()
	found := false
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		j, err := tx.Job(ctx, kind, subject)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		found = j.Generation > j.ObservedGeneration
		return err
	})
	return found
}

func TestAdvance_enqueuesStartableTasks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, later := b.task(t, 0, "1", towpath.TaskPending), b.task(t, 1, "1", towpath.TaskPending)
	r := b.advance(t)
	if !b.wanted(t, towpath.JobRunTask, first.ID) || b.wanted(t, towpath.JobRunTask, later.ID) {
		t.Error("want the first stage's task alone to be asked for")
	}
	if r.State != towpath.RolloutPending || r.FinishedAt != nil || !b.wanted(t, towpath.JobPostStatus, r.ID) {
		t.Errorf("rollout is %s, finished %v", r.State, r.FinishedAt)
	}
	first.State = towpath.TaskDone
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &first) })
	b.advance(t)
	if !b.wanted(t, towpath.JobRunTask, later.ID) {
		t.Error("the second stage was not asked for")
	}
	later.State = towpath.TaskRunning
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &later) })
	later.State = towpath.TaskFailed
	b.write(t, func(ctx context.Context, tx *store.Tx) error { return tx.UpdateTask(ctx, &later) })
	if r := b.advance(t); r.State != towpath.RolloutFailed || r.FinishedAt != nil {
		t.Errorf("rollout is %s, finished %v, want failed and open", r.State, r.FinishedAt)
	}
}

func TestAdvance_finishesARolloutOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.task(t, 0, "1", towpath.TaskDone)
	b.task(t, 1, "1", towpath.TaskSkipped)
	r := b.advance(t)
	if r.State != towpath.RolloutDone || r.FinishedAt == nil {
		t.Fatalf("rollout is %s, finished %v", r.State, r.FinishedAt)
	}
	if again := b.advance(t); !again.FinishedAt.Equal(*r.FinishedAt) {
		t.Errorf("finished at %v, then at %v", r.FinishedAt, again.FinishedAt)
	}
}

// A rollout of cancelled tasks is cancelled, not done.
func TestAdvance_finishesWithTheStateOfItsTasks(t *testing.T) {
	t.Parallel()
	for state, want := range map[towpath.TaskState]towpath.RolloutState{
		towpath.TaskCancelled: towpath.RolloutCancelled, towpath.TaskSkipped: towpath.RolloutSkipped,
		towpath.TaskDone: towpath.RolloutDone,
	} {
		b := setup(t)
		b.task(t, 0, "1", state)
		r := b.advance(t)
		if r.State != want || r.FinishedAt == nil {
			t.Errorf("of a %s task it is %s, finished %v", state, r.State, r.FinishedAt)
		}
		if written := b.wanted(t, towpath.JobWriteBack, r.LinkID); written != (want == towpath.RolloutDone) {
			t.Errorf("of a %s task the schema is written back: %v", state, written)
		}
	}
}

func TestAdvance_wakesTheNewerRollout(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, 0, "1", towpath.TaskPending)
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		b.rollout.State, b.rollout.SupersededBy, b.rollout.FinishedAt = towpath.RolloutSuperseded, "newer",
			&tx.Now
		return tx.UpdateRollout(ctx, &b.rollout)
	})
	if r := b.advance(t); r.State != towpath.RolloutSuperseded {
		t.Errorf("rollout is %s", r.State)
	}
	if !b.wanted(t, towpath.JobAdvance, "newer") || b.wanted(t, towpath.JobRunTask, task.ID) {
		t.Error("want the newer rollout to be looked at, and nothing of the old one to start")
	}
	if _, err := b.Retry(t.Context(), towpath.Actor{},
		task.ID); towpath.ErrorCode(err) != towpath.CodeConflict {
		t.Errorf("retry in a rollout that is over: %v", err)
	}
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	retry := func(s *rollout.Service, id string) (towpath.Task, error) {
		return s.Retry(context.Background(), towpath.Actor{}, id)
	}
	release := func(s *rollout.Service, id string) (towpath.Task, error) {
		return s.Release(context.Background(), towpath.Actor{}, id)
	}
	skip := func(s *rollout.Service, id string) (towpath.Task, error) {
		return s.Skip(context.Background(), towpath.Actor{}, id, "not needed")
	}
	applied := func(s *rollout.Service, id string) (towpath.Task, error) {
		return s.Resolve(context.Background(), towpath.Actor{}, id, rollout.OutcomeApplied, 0)
	}
	again := func(s *rollout.Service, id string) (towpath.Task, error) {
		return s.Resolve(context.Background(), towpath.Actor{}, id, rollout.OutcomeNotApplied, 0)
	}
	after := func(s *rollout.Service, id string) (towpath.Task, error) {
		return s.Resolve(context.Background(), towpath.Actor{}, id, rollout.OutcomeContinueAfter, 2)
	}
	for name, c := range map[string]struct {
		from   towpath.TaskState
		decide func(*rollout.Service, string) (towpath.Task, error)
		want   towpath.TaskState // "" for a conflict
		action towpath.TaskAction
		says   string // in the audit log
	}{
		"a failed task is tried again": {
			towpath.TaskFailed, retry, towpath.TaskPending,
			towpath.ActionApply, "Retried 1.sql in",
		},
		"a running task is not tried again": {towpath.TaskRunning, retry, "", "", ""},
		"a held task is released": {
			towpath.TaskHeld, release, towpath.TaskPending,
			towpath.ActionApply, "Released 1.sql in",
		},
		"a failed task is not released": {towpath.TaskFailed, release, "", "", ""},
		"a pending task is skipped": {
			towpath.TaskPending, skip, towpath.TaskSkipped,
			towpath.ActionApply, ": not needed",
		},
		"a running task is not skipped": {towpath.TaskRunning, skip, "", "", ""},
		"a done task is not skipped":    {towpath.TaskDone, skip, "", "", ""},
		"an unknown outcome was an applied one": {
			towpath.TaskUnknown, applied, towpath.TaskPending,
			towpath.ActionRecord, " as applied.",
		},
		"an unknown outcome is to be had again": {
			towpath.TaskUnknown, again, towpath.TaskPending,
			towpath.ActionApply, " as not applied.",
		},
		"an unknown outcome was a partial one": {
			towpath.TaskUnknown, after, towpath.TaskPending,
			towpath.ActionApply, "as applied up to statement 2.",
		},
		"a failed task has no outcome to ask about": {towpath.TaskFailed, applied, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			before := b.task(t, 0, "1", c.from)
			got, err := c.decide(b.Service, before.ID)
			if c.want == "" {
				if towpath.ErrorCode(err) != towpath.CodeConflict ||
					b.wanted(t, towpath.JobAdvance, b.rollout.ID) {
					t.Fatalf("want a conflict that changes nothing, got %+v, %v", got, err)
				}
				return
			}
			if err != nil || got.State != c.want || got.Action != c.action ||
				got.Reason.Equal(before.Reason) {
				t.Errorf("got %s %s %q, %v", got.State, got.Action, got.Reason, err)
			}
			if c.action == towpath.ActionRecord &&
				(len(got.Covers) != 1 || got.Covers[0].MigrationID != before.MigrationID) {
				t.Errorf("covers %+v, want the task's own migration", got.Covers)
			}
			if !b.wanted(t, towpath.JobAdvance, b.rollout.ID) {
				t.Error("the rollout was not woken")
			}
			b.write(t, func(ctx context.Context, tx *store.Tx) error {
				events, err := tx.Acts(ctx, store.ActFilter{ProjectID: b.rollout.ProjectID}, store.Page{})
				if len(events) != 1 || events[0].SubjectID != before.ID ||
					time.Since(events[0].At) > time.Hour || !strings.Contains(wording.Act(events[0]), c.says) {
					t.Errorf("audit is %+v", events)
				}
				return err
			})
		})
	}
}

func TestSkip_needsAReason(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, 0, "1", towpath.TaskHeld)
	if _, err := b.Skip(t.Context(), towpath.Actor{}, task.ID,
		"  "); towpath.ErrorCode(err) != towpath.CodeInvalid {
		t.Errorf("skip without a reason: %v", err)
	}
}
