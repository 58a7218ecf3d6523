package towpath_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"towpath"
)

var taskStates = []towpath.TaskState{
	towpath.TaskPending, towpath.TaskHeld, towpath.TaskRunning, towpath.TaskDone,
	towpath.TaskFailed, towpath.TaskUnknown, towpath.TaskSkipped, towpath.TaskCancelled,
}

// tasks parses lines such as "0 shop 1 pending": stage, database, version, state. Sequence is the
// order of the lines.
func tasks(t testing.TB, lines ...string) []towpath.Task {
	t.Helper()
	var all []towpath.Task
	for i, line := range lines {
		task := towpath.Task{
			Sequence:  i,
			Migration: towpath.Migration{MigrationID: towpath.MigrationID{Type: towpath.TypeDDL}},
		}
		if _, err := fmt.Sscan(line, &task.Stage, &task.DatabaseID, &task.Version, &task.State); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		task.ID, task.Path = line, task.Version+".sql"
		all = append(all, task)
	}
	return all
}

func TestRollout_Next(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ tasks, want []string }{
		"nothing of nothing": {},
		"one task at a time in a database, in sequence": {
			[]string{"0 shop 1 pending", "0 shop 2 pending", "0 audit 1 pending"},
			[]string{"0 audit 1 pending", "0 shop 1 pending"},
		},
		"after one that is done": {
			[]string{"0 shop 1 done", "0 shop 2 pending"}, []string{"0 shop 2 pending"},
		},
		"after one that was skipped or cancelled": {
			[]string{"0 shop 1 skipped", "0 shop 2 cancelled", "0 shop 3 pending"},
			[]string{"0 shop 3 pending"},
		},
		"not beside a running one, though it stands before it": {
			[]string{"0 shop 1 pending", "0 shop 2 running"}, nil,
		},
		"not beside an unknown one, which may run still": {
			[]string{"0 shop 1 pending", "0 shop 2 unknown"}, nil,
		},
		"not after a failed one, other databases go on": {
			[]string{"0 shop 1 failed", "0 shop 2 pending", "0 audit 2 pending"},
			[]string{"0 audit 2 pending"},
		},
		"before a failed one": {
			[]string{"0 shop 1 pending", "0 shop 2 failed"}, []string{"0 shop 1 pending"},
		},
		"a stage waits for the one before": {
			[]string{"0 shop 1 done", "0 audit 1 running", "1 shop 1 pending"}, nil,
		},
		"a stage waits for two before": {
			[]string{"0 shop 1 failed", "1 shop 2 done", "2 shop 3 pending"}, nil,
		},
		"a stage starts when the one before has finished": {
			[]string{"0 shop 1 done", "0 audit 1 skipped", "1 prod 1 pending"}, []string{"1 prod 1 pending"},
		},
		"a held one holds back itself alone": {
			[]string{"0 shop 1 held", "0 shop 2 pending"}, []string{"0 shop 2 pending"},
		},
		"a held one holds its migration in later stages, in no way others": {
			[]string{"0 shop 1 held", "0 shop 2 done", "1 prod 1 pending", "1 prod 2 pending"},
			[]string{"1 prod 2 pending"},
		},
		"what a held one holds back is in nobody's way two stages on": {
			[]string{"0 shop 1 held", "1 prod 1 pending", "2 last 2 pending"}, []string{"2 last 2 pending"},
		},
		"a migration held in a later stage goes on in an earlier one": {
			[]string{"0 shop 1 pending", "1 prod 1 held"}, []string{"0 shop 1 pending"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := tasks(t, c.tasks...)
			slices.Reverse(all) // the order of the list does not matter
			var got []string
			for _, task := range (towpath.Rollout{Tasks: all}).Next() {
				got = append(got, task.ID)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRollout_Next_takesFilesOfOneVersionForDifferentMigrations(t *testing.T) {
	t.Parallel()
	all := tasks(t, "0 shop 1 held", "1 prod 1 pending")
	all[1].Path = "prod/1.sql"
	if got := (towpath.Rollout{Tasks: all}).Next(); len(got) != 1 {
		t.Errorf("a file of prod waits for one of test: %v", got)
	}
}

func rollouts() *rapid.Generator[[]towpath.Task] {
	return rapid.Custom(func(t *rapid.T) []towpath.Task {
		var all []towpath.Task
		for i := range rapid.IntRange(0, 10).Draw(t, "tasks") {
			task := towpath.Task{ID: fmt.Sprint(i), Sequence: i, Stage: rapid.IntRange(0, 2).Draw(t, "stage")}
			task.DatabaseID = fmt.Sprintf("%d%s", task.Stage, rapid.SampledFrom([]string{"a", "b"}).Draw(t,
				"database"))
			task.Version = rapid.SampledFrom([]string{"1", "2", "3"}).Draw(t, "version")
			task.State = rapid.SampledFrom(taskStates).Draw(t, "state")
			all = append(all, task)
		}
		return all
	})
}

func TestRollout_Next_neverRunsTwoInADatabaseNorLeavesTheOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := rollouts().Draw(t, "rollout")
		active := map[string]int{}
		for _, task := range all {
			if task.State == towpath.TaskRunning {
				active[task.DatabaseID] = 1
			}
		}
		for _, next := range (towpath.Rollout{Tasks: all}).Next() {
			if next.State != towpath.TaskPending {
				t.Fatalf("%s task %s may start", next.State, next.ID)
			}
			if active[next.DatabaseID]++; active[next.DatabaseID] > 1 {
				t.Fatalf("two tasks in %s", next.DatabaseID)
			}
			for _, other := range all {
				inTheWay := other.State == towpath.TaskRunning || other.State == towpath.TaskFailed ||
					other.State == towpath.TaskUnknown
				if other.Stage < next.Stage && (inTheWay || other.Version == next.Version &&
					other.State.Open()) {
					t.Fatalf("task %s starts before %s of an earlier stage", next.ID, other.ID)
				}
			}
		}
	})
}

// A rollout whose tasks all succeed runs until only held tasks are left.
func TestRollout_Next_reachesTheEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := rollouts().Draw(t, "rollout")
		for i := range all {
			if s := all[i].State; s != towpath.TaskHeld && s.Open() {
				all[i].State = towpath.TaskPending
			}
		}
		for range len(all) {
			for _, next := range (towpath.Rollout{Tasks: all}).Next() {
				all[slices.IndexFunc(all,
					func(t towpath.Task) bool { return t.ID == next.ID })].State = towpath.TaskDone
			}
		}
		held := map[string]bool{}
		for _, task := range all {
			held[task.Version] = held[task.Version] || task.State == towpath.TaskHeld
		}
		for _, task := range all {
			if task.State == towpath.TaskPending && !held[task.Version] {
				t.Fatalf("task %s never starts", task.ID)
			}
		}
		if got := towpath.SummarizeTasks(all); !got.Ended() && got != towpath.RolloutHeld {
			t.Fatalf("at the end it is %s", got)
		}
	})
}

func TestSummarizeTasks(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tasks string
		want  towpath.RolloutState
	}{
		"no tasks are done": {"", towpath.RolloutDone},
		"all through": {
			"0 a 1 done, 0 b 1 skipped, 0 c 1 cancelled",
			towpath.RolloutDone,
		},
		"nothing of it is wanted any more": {
			"0 a 1 cancelled, 1 b 1 cancelled",
			towpath.RolloutCancelled,
		},
		"people have skipped all": {"0 a 1 skipped, 1 b 1 skipped", towpath.RolloutSkipped},
		"skipped here and cancelled there": {
			"0 a 1 skipped, 1 b 1 cancelled",
			towpath.RolloutCancelled,
		},
		"cancelled, and more to come": {
			"0 a 1 cancelled, 1 b 1 pending",
			towpath.RolloutPending,
		},
		"not begun":         {"0 a 1 pending, 0 a 2 held", towpath.RolloutPending},
		"between two tasks": {"0 a 1 done, 0 a 2 pending", towpath.RolloutRunning},
		"one runs, others failed": {
			"0 a 1 running, 0 b 1 failed, 0 c 1 unknown",
			towpath.RolloutRunning,
		},
		"unknown is worse than failed": {
			"0 a 1 unknown, 0 b 1 failed, 0 c 1 pending",
			towpath.RolloutUnknown,
		},
		"failed, and more to come": {
			"0 a 1 failed, 0 a 2 pending, 0 b 1 done",
			towpath.RolloutFailed,
		},
		"only held ones are left":                   {"0 a 1 done, 0 a 2 held", towpath.RolloutHeld},
		"what waits for a held one is held as well": {"0 a 1 held, 1 b 1 pending", towpath.RolloutHeld},
	} {
		var lines []string
		if c.tasks != "" {
			lines = strings.Split(c.tasks, ", ")
		}
		if got := towpath.SummarizeTasks(tasks(t, lines...)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

// A failed rollout that another one supersedes keeps both facts.
func TestRollout_Supersede_keepsThatItFailed(t *testing.T) {
	t.Parallel()
	for lines, want := range map[string]towpath.RolloutState{
		"0 a 1 failed":                   towpath.RolloutFailed,
		"0 a 1 failed, 0 b 1 running":    towpath.RolloutFailed,
		"0 a 1 failed, 0 b 1 unknown":    towpath.RolloutFailed,
		"0 a 1 done, 0 a 2 pending":      towpath.RolloutSuperseded,
		"0 a 1 cancelled, 1 b 1 held":    towpath.RolloutSuperseded,
		"0 a 1 unknown, 1 b 1 cancelled": towpath.RolloutSuperseded,
	} {
		r := towpath.Rollout{Tasks: tasks(t, strings.Split(lines, ", ")...)}
		at := time.Unix(7, 0)
		if r.Supersede("newer", at); r.State != want || r.SupersededBy != "newer" || !r.FinishedAt.Equal(at) {
			t.Errorf("%s: %s, superseded by %q at %v, want %s", lines, r.State, r.SupersededBy,
				r.FinishedAt, want)
		}
	}
}

func TestTask_Close_keepsWhatTheLastAttemptLeft(t *testing.T) {
	t.Parallel()
	began, ended, later := time.Unix(1, 0), time.Unix(2, 0), time.Unix(1000, 0)
	no := towpath.Why(towpath.ReasonDatabaseError, "message", "no")
	failed := towpath.Task{
		State:      towpath.TaskFailed,
		Reason:     no,
		Error:      no,
		StartedAt:  &began,
		FinishedAt: &ended,
	}
	failed.Close(towpath.TaskCancelled, towpath.Why(towpath.ReasonFileGone, "commit", "c"), later)
	if !failed.Error.Equal(no) || failed.Reason.Code != towpath.ReasonFileGone ||
		!failed.FinishedAt.Equal(ended) {
		t.Errorf("of the failed one is left %+v", failed)
	}
	fresh := towpath.Task{State: towpath.TaskPending}
	if fresh.Close(towpath.TaskSkipped, towpath.Why(towpath.ReasonSkipped, "text", "not needed"),
		later); fresh.StartedAt != nil || !fresh.FinishedAt.Equal(later) {
		t.Errorf("of the one that never began is left %+v", fresh)
	}
}

func TestTaskState_MayBecome(t *testing.T) {
	t.Parallel()
	moves := map[towpath.TaskState][]towpath.TaskState{
		towpath.TaskPending: {
			towpath.TaskHeld, towpath.TaskRunning, towpath.TaskDone, towpath.TaskSkipped,
			towpath.TaskCancelled,
		},
		towpath.TaskHeld: {
			towpath.TaskPending, towpath.TaskSkipped, towpath.TaskCancelled,
			towpath.TaskDone,
		},
		towpath.TaskRunning: {towpath.TaskPending, towpath.TaskDone, towpath.TaskFailed, towpath.TaskUnknown},
		towpath.TaskFailed: {
			towpath.TaskPending, towpath.TaskHeld, towpath.TaskSkipped,
			towpath.TaskCancelled, towpath.TaskDone,
		},
		towpath.TaskUnknown: {towpath.TaskPending, towpath.TaskDone, towpath.TaskSkipped},
	}
	for _, from := range taskStates {
		for _, to := range taskStates {
			if got := from.MayBecome(to); got != slices.Contains(moves[from], to) {
				t.Errorf("%s may become %s: %v", from, to, got)
			}
		}
		if from.Open() != (len(moves[from]) > 0) {
			t.Errorf("%s: Open is %v, and %d states may follow", from, from.Open(), len(moves[from]))
		}
	}
}
