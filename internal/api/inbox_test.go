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
	b.gateTask(t, ids["{task}"])
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
		for _, item := range box.Items {
			if item.FileCount != 1 || item.DatabaseCount != 1 || len(item.Files) != 1 || len(item.Groups) != 1 ||
				len(item.Groups[0].Databases) != 1 || len(item.Start.TaskIDs) > 0 {
				t.Errorf("after %s: %+v", step.state, item)
			}
		}
		var r rolloutDetail
		b.call(t, "dba", "GET", "/rollouts/"+ids["{rollout}"], "", 200, &r)
		if !r.Stages[1].Start.MayAnswer {
			t.Errorf("after %s nobody may answer", step.state)
		}
	}
}

// What the stages need is read for all of them at once: none asks for more by itself.
func TestListInbox_readsNothingForEachStage(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.things(t)
	b.gateTask(t, ids["{task}"])
	b.moveTask(t, ids["{task}"], towpath.TaskDone)
	err := b.Store.Read(t.Context(), func(tx *store.Tx) error {
		member, err := tx.MemberByEmail(t.Context(), "dba@example.com")
		if err != nil {
			return err
		}
		rows, err := tx.AtGates(t.Context(), "", maxInbox)
		if err != nil {
			return err
		}
		g := gateReader{&store.Tx{Now: tx.Now}, tx.Gates(), member} // its queries panic
		if err := g.gates.Load(t.Context(), rows); err != nil {
			return err
		}
		for _, limit := range []int{0, 1} {
			box := inbox{}
			for _, r := range rows {
				if err := g.collect(t.Context(), r, limit, &box); err != nil {
					return err
				}
			}
			if box.Approvals != 1 || len(box.Items) != limit {
				t.Errorf("%d approvals and %d items, want 1 and %d", box.Approvals, len(box.Items), limit)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// gateTask adds a task like another one, which waits for consent in an environment after it.
func (b *bundle) gateTask(t *testing.T, id string) {
	t.Helper()
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		e := towpath.Environment{Name: "prod", Gate: towpath.Gate{
			Start: towpath.StartAutomatic, Consent: towpath.Consent{People: 1},
		}}
		if err := tx.CreateEnvironment(t.Context(), &e); err != nil {
			return err
		}
		waits, err := tx.Task(t.Context(), id)
		if err != nil {
			return err
		}
		waits.EnvironmentID, waits.Stage = e.ID, e.Position
		waits.Version, waits.Reason = "2", e.HeldReason(e.Name)
		return tx.CreateTask(t.Context(), &waits)
	})
	if err != nil {
		t.Fatal(err)
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
