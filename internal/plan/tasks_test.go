package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath"
)

func TestWithTasks_addsTheStateOfOpenTasks(t *testing.T) {
	t.Parallel()
	built := Build(Input{
		Files: files{
			file(t, shortTemplate, "1_a.sql"), file(t, shortTemplate, "2_b.sql"),
			file(t, shortTemplate, "3_c.sql"), file(t, shortTemplate, "4_d.sql"),
			file(t, shortTemplate, "6_f.sql"),
		},
		Environments: environments(),
		Databases: databases{database("test/shop", entry("6", "6_f.sql", "old text"),
			entry("9", "gone.sql"))},
		Late:     towpath.LateHold,
		LinkedAt: linked,
	})
	because := towpath.Why(towpath.ReasonSkipped, "text", "because")
	task := func(version string, state towpath.TaskState, released bool) towpath.Task {
		return towpath.Task{
			ID:         "T" + version,
			RolloutID:  "R",
			DatabaseID: "test/shop",
			State:      state,
			Released:   released,
			Reason:     because,
			Migration: towpath.Migration{MigrationID: towpath.MigrationID{
				Version: version,
				Type:    towpath.TypeDDL,
			}},
		}
	}
	got := built.WithTasks([]towpath.Task{
		task("1", towpath.TaskFailed, false), task("2", towpath.TaskPending, true),
		task("3", towpath.TaskUnknown, false), task("4", towpath.TaskHeld, false),
		task("6", towpath.TaskRunning, false), task("9", towpath.TaskFailed, false),
	})
	_, items := short(got)
	want := []string{
		"test/shop 1_a.sql failed", "test/shop 2_b.sql pending", "test/shop 3_c.sql unknown",
		"test/shop 4_d.sql held", "test/shop 6_f.sql edited", "test/shop gone.sql missing",
	}
	if diff := cmp.Diff(want, items); diff != "" {
		t.Error(diff)
	}
	for _, i := range got.Items[:4] {
		if i.TaskID != "T"+i.Version || i.RolloutID != "R" {
			t.Errorf("%s does not lead to its task: %q", i.Path, i.TaskID)
		}
	}
	if !got.Items[0].Reason.Equal(because) || got.Items[3].Reason.IsZero() || !got.Items[1].Reason.IsZero() {
		t.Errorf("reasons are %q, %q, %q", got.Items[0].Reason, got.Items[1].Reason, got.Items[3].Reason)
	}
	if built.Items[0].State != ItemHeld {
		t.Error("the plan itself was changed")
	}
}
