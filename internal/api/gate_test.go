package api

import (
	"testing"

	"towpath"
	"towpath/internal/store"
)

// What was started in a window that has ended says for what it waits.
func TestGetRollout_saysWhyAStartedStageWaits(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ids := b.things(t)
	err := b.Store.Write(t.Context(), func(tx *store.Tx) error {
		e, err := tx.Environment(t.Context(), ids["{environment}"])
		if err != nil {
			return err
		}
		e.Windows = []towpath.Window{{Effect: towpath.WindowDeny, From: "00:00", Minutes: 1440, Zone: "UTC"}}
		if err := tx.UpdateEnvironment(t.Context(), &e); err != nil {
			return err
		}
		task, err := tx.Task(t.Context(), ids["{task}"])
		if err != nil {
			return err
		}
		s, _, _, err := tx.StageOfTask(t.Context(), task)
		if err != nil {
			return err
		}
		task.State, task.StartID, task.Pass = towpath.TaskPending, "a start", s.Pass(task)
		return tx.UpdateTask(t.Context(), &task)
	})
	if err != nil {
		t.Fatal(err)
	}
	var r rolloutDetail
	b.call(t, "lead", "GET", "/rollouts/"+ids["{rollout}"], "", 200, &r)
	if got := r.Stages[0].WaitsFor; len(got) != 1 || got[0].Code != reasonCode(towpath.ReasonWindowNever) {
		t.Errorf("%+v", r.Stages)
	}
}
