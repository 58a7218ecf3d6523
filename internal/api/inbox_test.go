package api

import (
	"testing"

	"towpath"
	"towpath/internal/store"
)

// A stage is in the inbox when only the member is missing. While an environment before it is not done
// it is not there, although its page takes an early answer.
func TestListInbox_waitsForTheEnvironmentsBefore(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.things(t)
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		e := towpath.Environment{Name: "prod", Gate: towpath.Gate{
			Start: towpath.StartAutomatic, Consent: towpath.Consent{People: 1},
		}}
		if err := tx.CreateEnvironment(t.Context(), &e); err != nil {
			return err
		}
		first, err := tx.Task(t.Context(), ids["{task}"])
		if err != nil {
			return err
		}
		waits := first
		waits.EnvironmentID, waits.Stage = e.ID, e.Position
		waits.Version, waits.Reason = "2", e.HeldReason(e.Name)
		return tx.CreateTask(t.Context(), &waits)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		state towpath.TaskState
		items int
	}{{towpath.TaskPending, 0}, {towpath.TaskRunning, 0}, {towpath.TaskFailed, 0}, {towpath.TaskDone, 1}} {
		b.moveTask(t, ids["{task}"], step.state)
		var box inbox
		b.call(t, "dba", "GET", "/inbox", "", 200, &box)
		if len(box.Items) != step.items || box.Approvals != step.items {
			t.Errorf("after %s: %+v", step.state, box.Items)
		}
		var r rolloutDetail
		b.call(t, "dba", "GET", "/rollouts/"+ids["{rollout}"], "", 200, &r)
		if !r.Stages[1].Start.MayAnswer {
			t.Errorf("after %s nobody may answer", step.state)
		}
	}
}

// moveTask changes the state of a task.
func (b *bundle) moveTask(t *testing.T, id string, state towpath.TaskState) {
	t.Helper()
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		task, err := tx.Task(t.Context(), id)
		if err != nil {
			return err
		}
		task.State = state
		return tx.UpdateTask(t.Context(), &task)
	})
	if err != nil {
		t.Fatal(err)
	}
}
