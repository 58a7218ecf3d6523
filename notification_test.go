package towpath_test

import (
	"testing"

	"pgregory.net/rapid"

	"towpath"
)

// TestOccasions_areToldOnce looks at a stage at random moments. Each time that a state begins it is
// told once, whatever the looks in between, and a failure that a newer rollout takes over is none.
func TestOccasions_areToldOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		states := []towpath.TaskState{
			towpath.TaskPending, towpath.TaskRunning, towpath.TaskFailed, towpath.TaskUnknown, towpath.TaskHeld,
			towpath.TaskDone, towpath.TaskSkipped,
		}
		rollout := towpath.Rollout{ID: "1", LinkID: "link"}
		var told []towpath.Occasion
		failing, tells := false, 0
		for range rapid.IntRange(1, 30).Draw(t, "looks") {
			if rapid.Bool().Draw(t, "a push takes over") {
				rollout.ID += "1"
			}
			tasks := make([]towpath.Task, rapid.IntRange(1, 4).Draw(t, "tasks"))
			fails := false
			for i := range tasks {
				tasks[i].State = rapid.SampledFrom(states).Draw(t, "state")
				fails = fails || tasks[i].State == towpath.TaskFailed
			}
			now := towpath.StageOccasions(rollout, "e", tasks, "")
			begun := 0
			for _, o := range towpath.Begun(told, now) {
				if o.Event == towpath.NotifyFailed {
					begun++
				}
			}
			if want := fails && !failing; (begun == 1) != want || begun > 1 {
				t.Fatalf("failing before %v, now %v: told %d times", failing, fails, begun)
			}
			tells += begun
			if again := towpath.Begun(now, now); len(again) != 0 {
				t.Fatalf("told again: %v", again)
			}
			failing, told = fails, now
		}
	})
}

func TestReceiver_wantsWhatItAskedFor(t *testing.T) {
	t.Parallel()
	v := towpath.Receiver{
		ProjectID: "p", EnvironmentID: "e",
		Events: []towpath.NotificationEvent{towpath.NotifyFailed, towpath.NotifyAttention},
	}
	for _, c := range []struct {
		event                towpath.NotificationEvent
		project, environment string
		want                 bool
	}{
		{towpath.NotifyFailed, "p", "e", true},
		{towpath.NotifyFailed, "other", "e", false},
		{towpath.NotifyFailed, "p", "other", false},
		{towpath.NotifyDone, "p", "e", false},
		{towpath.NotifyAttention, "p", "", true},
	} {
		if got := v.Wants(c.event, c.project, c.environment); got != c.want {
			t.Errorf("%s of %s in %s: %v", c.event, c.project, c.environment, got)
		}
	}
}
