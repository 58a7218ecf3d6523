package rollout_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"

	"towpath"
	"towpath/internal/rollout"
	"towpath/internal/schema"
	"towpath/internal/store"
)

// shows makes the catalog: each file makes the table of its text, and the databases have objects.
func (b *bundle) shows(objects ...string) {
	b.Catalog = rollout.Catalog{
		Footprint: func(_ towpath.EngineType, text io.Reader) (schema.Footprint, error) {
			table, err := io.ReadAll(text)
			marks := []schema.Mark{{Object: string(table), After: schema.There}}
			return schema.Footprint{Marks: marks}, err
		},
		Objects: func(context.Context, string) (map[string]bool, error) {
			has := map[string]bool{}
			for _, object := range objects {
				has[object] = true
			}
			return has, nil
		},
	}
}

// making adds a task in test whose file makes the table größe.
func (b *bundle) making(t *testing.T, version string, state towpath.TaskState) towpath.Task {
	t.Helper()
	task := b.task(t, 0, version, state)
	task.Checksum = "größe " + version
	b.file(t, task.Migration)
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.PutContent(ctx, task.Checksum, []byte("table größe")), tx.UpdateTask(ctx, &task))
	})
	return task
}

func TestMark_isForHeldAndFailedTasks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.shows("table größe")
	for state, words := range map[towpath.TaskState]string{
		towpath.TaskHeld: "", towpath.TaskFailed: "",
		towpath.TaskPending: "Pause its rollout first", towpath.TaskRunning: "or cancel it",
		towpath.TaskUnknown: "resolve the task", towpath.TaskDone: "it is done", towpath.TaskSkipped: "it is skipped",
	} {
		task := b.making(t, string(state), state)
		got, err := b.Mark(t.Context(), towpath.Actor{}, task.ID, rollout.Marking{Why: "By hand", Despite: true})
		if words != "" {
			wantCode(t, err, towpath.CodeConflict, words)
			continue
		}
		if err != nil || got.State != towpath.TaskPending || got.Action != towpath.ActionRecord ||
			len(got.Covers) != 1 || got.Covers[0].Checksum != task.Checksum || got.Mark.Why != "By hand" ||
			got.Mark.Despite { // nothing contradicted it
			t.Errorf("%s: %+v %v", state, got, err)
		}
	}
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		return tx.CreatePause(ctx, &towpath.Pause{Scope: towpath.PauseAll})
	})
	paused := b.making(t, "paused", towpath.TaskPending)
	_, err := b.Mark(t.Context(), towpath.Actor{}, paused.ID, rollout.Marking{Why: "By hand"})
	wantCode(t, err, "", "")
	if !b.wanted(t, towpath.JobReview, b.rollout.LinkID) {
		t.Error("the review was not asked to leave the file out")
	}
}

func TestMark_needsDespiteWhenTheDatabaseContradicts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.shows("table große")
	task := b.making(t, "1", towpath.TaskFailed)
	mark := func(in rollout.Marking) error {
		_, err := b.Mark(t.Context(), towpath.Actor{}, task.ID, in)
		return err
	}
	wantCode(t, mark(rollout.Marking{Why: " "}), towpath.CodeInvalid, "why")
	wantCode(t, mark(rollout.Marking{Why: strings.Repeat("ö", 1001)}), towpath.CodeInvalid, "why")
	wantCode(t, mark(rollout.Marking{Why: "By hand"}), towpath.CodeConflict, "no table größe")
	wantCode(t, mark(rollout.Marking{Why: "By hand", Checksum: "seen", Despite: true}), towpath.CodeConflict,
		"has changed 1.sql since you looked")
	b.Catalog.Objects = func(context.Context, string) (map[string]bool, error) {
		return nil, towpath.Errorf(towpath.CodeUnavailable, "No answer.")
	}
	wantCode(t, mark(rollout.Marking{Why: "By hand"}), towpath.CodeUnavailable, "No answer")
	st, err := b.Standing(t.Context(), task.ID)
	if err != nil || st.Problem.IsZero() || st.Refused != nil {
		t.Errorf("%+v %v", st, err)
	}
	b.shows("table große")
	newer := task.Migration
	newer.Checksum = "of a newer push"
	b.file(t, newer)
	wantCode(t, mark(rollout.Marking{Why: "By hand", Despite: true}), towpath.CodeConflict, "A push has changed")
	b.file(t, task.Migration)
	wantCode(t, mark(rollout.Marking{Why: "By hand", Checksum: task.Checksum, Despite: true}), "", "")
	wantActs(t, b, towpath.ActTaskMarkDespite)
}

// wantActs fails unless these acts were written, and no others.
func wantActs(t *testing.T, b *bundle, want ...towpath.EventKind) {
	t.Helper()
	var got []towpath.EventKind
	b.write(t, func(ctx context.Context, tx *store.Tx) error {
		events, err := tx.AuditRows(ctx, 0, 100)
		for _, e := range events {
			got = append(got, e.Kind)
		}
		return err
	})
	if len(got) != len(want) || (len(got) > 0 && got[0] != want[0]) {
		t.Errorf("the acts are %v, want %v", got, want)
	}
}

// A statement that certainly ran contradicts the mark of a failed file: the rest may be missing.
func TestMark_namesAFileThatStoppedHalfway(t *testing.T) {
	t.Parallel()
	for kept, words := range map[int]string{0: "", 2: "only 2 of 3 statements"} {
		b := setup(t)
		b.shows("table größe")
		task := b.making(t, "1", towpath.TaskFailed)
		b.write(t, func(ctx context.Context, tx *store.Tx) error {
			return tx.CreateAttempt(ctx, &towpath.Attempt{
				TaskID: task.ID, Number: 1, State: towpath.TaskFailed, Extent: towpath.ExtentKept, Kept: kept, Total: 3,
			})
		})
		_, err := b.Mark(t.Context(), towpath.Actor{}, task.ID, rollout.Marking{Why: "By hand"})
		code := towpath.CodeConflict
		if words == "" {
			code = ""
		}
		wantCode(t, err, code, words)
	}
}

// Of two people who mark at once, the second one gets what the first one said.
func TestMark_isOnceForTwoPeople(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.shows("table größe")
	task := b.making(t, "1", towpath.TaskHeld)
	var wait sync.WaitGroup
	reasons := make([]string, 8)
	for i := range reasons {
		wait.Go(func() {
			got, err := b.Mark(t.Context(), towpath.Actor{}, task.ID, rollout.Marking{Why: string(rune('a' + i))})
			if err != nil || got.Mark == nil {
				t.Errorf("%+v %v", got, err)
				return
			}
			reasons[i] = got.Mark.Why
		})
	}
	wait.Wait()
	for _, why := range reasons {
		if why != reasons[0] {
			t.Errorf("people got %v", reasons)
		}
	}
	wantActs(t, b, towpath.ActTaskMark)
}
