package plan

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"towpath"
)

// openTasks draws what a link may have open when a plan is made: tasks of the plan, of other texts,
// and of what is no longer wanted, in every state.
func openTasks(t *rapid.T, p Plan) (open []towpath.Task) {
	seen := map[TaskKey]bool{}
	add := func(task towpath.Task) {
		if task.DatabaseID == "" || seen[KeyOf(task)] {
			return
		}
		task.ID = fmt.Sprint("t", len(open))
		task.State = rapid.SampledFrom([]towpath.TaskState{
			towpath.TaskPending, towpath.TaskPending, towpath.TaskHeld, towpath.TaskRunning,
			towpath.TaskFailed, towpath.TaskUnknown, towpath.TaskDone, towpath.TaskCancelled,
		}).Draw(t, "state")
		task.Stage, task.Sequence = rapid.IntRange(0, 9).Draw(t, "stage"), rapid.IntRange(0, 9).Draw(t,
			"sequence")
		task.Checksum = rapid.SampledFrom([]string{
			task.Checksum, task.Checksum, task.Checksum, task.Checksum,
			"x", "other",
		}).Draw(t, "text")
		task.Released = rapid.Bool().Draw(t, "released")
		if rapid.IntRange(0, 4).Draw(t, "decided") == 0 {
			task.Action, task.Covers = towpath.ActionRecord, []towpath.Migration{task.Migration}
		}
		seen[KeyOf(task)] = seen[KeyOf(task)] || task.State.Open()
		open = append(open, task)
	}
	for _, task := range p.Tasks {
		if rapid.Bool().Draw(t, "known") {
			add(task)
		}
	}
	for _, item := range p.Items {
		if rapid.Bool().Draw(t, "left") {
			add(towpath.Task{
				DatabaseID: item.DatabaseID, Action: towpath.ActionApply,
				Migration: item.Migration,
			})
		}
	}
	for _, task := range slices.Clone(open) {
		if rapid.IntRange(0, 2).Draw(t, "unheard") == 0 {
			task.Version, task.Path = "77", "gone.sql"
			add(task)
		}
	}
	return open
}

// carried are the open tasks when changes were written.
func carried(c Changes) []towpath.Task {
	open := slices.Clone(c.Kept)
	for i, task := range c.Fresh {
		task.ID = fmt.Sprint("fresh", i)
		open = append(open, task)
	}
	return open
}

// diffs checks a property of Diff on drawn plans and open tasks.
func diffs(t *testing.T, check func(t *rapid.T, open []towpath.Task, p Plan, c Changes)) {
	t.Helper()
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Build(worlds().Draw(t, "world"))
		open := openTasks(t, p)
		check(t, open, p, Diff(open, p, "c0ffee"))
	})
}

func TestDiff_appliedTwiceChangesNothing(t *testing.T) {
	diffs(t, func(t *rapid.T, _ []towpath.Task, p Plan, c Changes) {
		open := carried(c)
		again := Diff(open, p, "c0ffee")
		if diff := cmp.Diff(Changes{Kept: open, Asked: c.Asked}, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Nothing of what runs changes but its place in the order and, while its text is the plan's, the
// names of its file.
func TestDiff_changesNoRunningTask(t *testing.T) {
	diffs(t, func(t *rapid.T, open []towpath.Task, _ Plan, c Changes) {
		for _, before := range open {
			if before.State != towpath.TaskRunning && before.State != towpath.TaskUnknown {
				continue
			}
			i := slices.IndexFunc(c.Kept, func(k towpath.Task) bool { return k.ID == before.ID })
			if i < 0 {
				t.Fatalf("%s task %s is not kept", before.State, before.ID)
			}
			after := c.Kept[i]
			after.Stage, after.Sequence = before.Stage, before.Sequence
			after.Path, after.Label, after.Description = before.Path, before.Label, before.Description
			if diff := cmp.Diff(before, after); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestDiff_leavesOneOpenTaskForEachWantedOne(t *testing.T) {
	diffs(t, func(t *rapid.T, _ []towpath.Task, p Plan, c Changes) {
		open := map[TaskKey]int{}
		for _, task := range carried(c) {
			if !task.State.Open() {
				t.Fatalf("task %s is %s", task.ID, task.State)
			}
			open[KeyOf(task)]++
		}
		for key, n := range open {
			if n > 1 {
				t.Fatalf("%v has %d open tasks", key, n)
			}
		}
		for _, task := range p.Tasks {
			if open[KeyOf(task)] != 1 {
				t.Fatalf("%v is wanted and has no open task", KeyOf(task))
			}
		}
	})
}

func TestDiff_closesTasksWithAReason(t *testing.T) {
	diffs(t, func(t *rapid.T, open []towpath.Task, _ Plan, c Changes) {
		known := map[string]towpath.Task{}
		for _, task := range open {
			if task.State.Open() {
				known[task.ID] = task
			}
		}
		for _, task := range slices.Concat(c.Kept, c.Closed) {
			before, ok := known[task.ID]
			if !ok {
				t.Fatalf("task %s was not open, or is both kept and closed", task.ID)
			}
			delete(known, task.ID)
			if task.State != before.State && !before.State.MayBecome(task.State) {
				t.Fatalf("task %s goes from %s to %s", task.ID, before.State, task.State)
			}
		}
		for id := range known {
			t.Fatalf("task %s is neither kept nor closed", id)
		}
		for _, task := range c.Closed {
			if task.State.Open() || task.Reason.IsZero() {
				t.Fatalf("closed as %s for %q", task.State, task.Reason.Code)
			}
		}
	})
}

// What a person has not released is held, and released, as the plan says.
func TestDiff_holdsAndReleasesByThePlan(t *testing.T) {
	diffs(t, func(t *rapid.T, open []towpath.Task, p Plan, c Changes) {
		for _, task := range c.Kept {
			before := open[slices.IndexFunc(open, func(o towpath.Task) bool { return o.ID == task.ID })]
			i := slices.IndexFunc(p.Tasks, func(w towpath.Task) bool {
				return KeyOf(w) == KeyOf(task) &&
					SameWork(w, task)
			})
			waits := before.State == towpath.TaskHeld ||
				(before.State == towpath.TaskPending && !before.Released)
			switch {
			case i >= 0 && waits && task.State != p.Tasks[i].State:
				t.Fatalf("task %s is %s, planned as %s", task.ID, task.State, p.Tasks[i].State)
			case (i < 0 || !waits) && task.State != before.State:
				t.Fatalf("task %s goes from %s to %s", task.ID, before.State, task.State)
			}
		}
	})
}
