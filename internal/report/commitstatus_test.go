package report

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"towpath"
	"towpath/internal/vcs"
)

func taskIn(environment string, position, sequence int, state towpath.TaskState) towpath.Task {
	m := towpath.Migration{
		MigrationID: towpath.MigrationID{Version: "4"},
		Label:       "4",
		Path:        "shop/4__ddl__a.sql",
		Environment: environment,
		Database:    "shop",
	}
	return towpath.Task{
		ID:            environment + string(state),
		RolloutID:     "r",
		DatabaseID:    environment + "/shop",
		EnvironmentID: environment,
		Stage:         position,
		Sequence:      sequence,
		Migration:     m,
		State:         state,
		Reason:        towpath.Why(towpath.ReasonDatabaseError, "message", "a secret of the database"),
	}
}

func TestStage_status(t *testing.T) {
	t.Parallel()
	const (
		pending, held, running = towpath.TaskPending, towpath.TaskHeld, towpath.TaskRunning
		done, failed, unknown  = towpath.TaskDone, towpath.TaskFailed, towpath.TaskUnknown
		skipped, cancelled     = towpath.TaskSkipped, towpath.TaskCancelled
	)
	for _, c := range []struct {
		test, prod []towpath.TaskState // of the commit's tasks
		want       string              // of prod; "" when nothing is told
	}{
		{[]towpath.TaskState{running}, []towpath.TaskState{pending}, ""},
		{[]towpath.TaskState{done}, []towpath.TaskState{pending}, ""},
		{
			[]towpath.TaskState{done},
			[]towpath.TaskState{running, pending},
			"in-progress Running; 0 of 2 done",
		},
		{[]towpath.TaskState{done}, []towpath.TaskState{done, pending}, ""},
		{
			[]towpath.TaskState{done},
			[]towpath.TaskState{done, failed},
			"failed shop/4__ddl__a.sql:3:14 failed in shop; 1 of 2 done",
		},
		{
			[]towpath.TaskState{done},
			[]towpath.TaskState{unknown},
			"failed Needs a person: it is unknown if shop/4__ddl__a.sql was applied in shop",
		},
		{
			[]towpath.TaskState{failed},
			[]towpath.TaskState{pending},
			"stopped Not run: failed in test (shop/4__ddl__a.sql); 0 of 1 done",
		},
		{
			[]towpath.TaskState{failed},
			[]towpath.TaskState{held},
			"successful Waiting for a person: shop/4__ddl__a.sql is held in prod, release or skip it; 0 of 1 done",
		},
		{
			[]towpath.TaskState{unknown},
			[]towpath.TaskState{pending},
			"stopped Not run: the outcome is unknown in test (shop/4__ddl__a.sql); 0 of 1 done",
		},
		{
			[]towpath.TaskState{held},
			[]towpath.TaskState{pending},
			"successful Waiting for a person: shop/4__ddl__a.sql is held in test, release or skip it; 0 of 1 done",
		},
		{[]towpath.TaskState{done}, []towpath.TaskState{done, done}, "successful 2 done"},
		{
			[]towpath.TaskState{done},
			[]towpath.TaskState{done, skipped},
			"successful 1 done, 1 skipped or cancelled",
		},
		{[]towpath.TaskState{done}, []towpath.TaskState{skipped, cancelled}, "stopped Skipped by a person"},
		{[]towpath.TaskState{done}, []towpath.TaskState{cancelled}, ""},
	} {
		var all []towpath.Task
		for i, state := range c.test {
			all = append(all, taskIn("test", 0, i+1, state))
		}
		for i, state := range c.prod {
			all = append(all, taskIn("prod", 1, i+1, state))
		}
		stages := byEnvironment(all)
		st, ok := stages[1].status(stageContext{place: ":3:14", others: all, waiting: vcs.StatusSuccessful})
		if got := strings.TrimSpace(string(st.State) + " " + st.Description); got != c.want ||
			ok != (c.want != "") {
			t.Errorf("test %v, prod %v\n got %q\nwant %q", c.test, c.prod, got, c.want)
		}
		if strings.Contains(st.Description, "secret") {
			t.Errorf("a word of the database got out: %s", st.Description)
		}
	}
}

func TestNewestFirst_startsWithTheHeadOfAPush(t *testing.T) {
	t.Parallel()
	r := towpath.Rollout{Commit: "head"}
	var want []string
	for i := range 300 {
		task := taskIn("test", 0, i+1, towpath.TaskDone)
		task.Commit = fmt.Sprintf("%03x", (i*7919)%4096) // in no order of hashes
		want = append(want, task.Commit)
		r.Tasks = append(r.Tasks, task)
	}
	slices.Reverse(want)
	want = append(append([]string{"head"}, want...), "older")
	if got := newestFirst(r, []string{"head", "older"}); !slices.Equal(got, want) {
		t.Errorf("the order is %v", got)
	}
}

func TestStage_namesUncomparedFiles(t *testing.T) {
	t.Parallel()
	uncompared := taskIn("prod", 1, 1, towpath.TaskDone)
	uncompared.Reason = towpath.Why(towpath.ReasonUncompared).From(towpath.Why(towpath.ReasonUncomparedAt,
		"line", "1", "message", "a secret"))
	other := uncompared
	other.Path = "shop/5__ddl__b.sql"
	st, ok := byEnvironment([]towpath.Task{uncompared, taskIn("prod", 1, 2, towpath.TaskDone)})[0].status(stageContext{})
	if !ok || st.State != vcs.StatusSuccessful ||
		st.Description != "2 done; check shop/4__ddl__a.sql: the database may differ from it" {
		t.Errorf("one: %+v", st)
	}
	st, ok = byEnvironment([]towpath.Task{uncompared, other, taskIn("prod", 1, 3, towpath.TaskSkipped)})[0].status(
		stageContext{})
	const want = "2 done, 1 skipped or cancelled; check shop/4__ddl__a.sql and 1 more file: the " +
		"database may differ from them"
	if !ok || st.Description != want {
		t.Errorf("two: %+v", st)
	}
}

func TestStage_countsWhatWasRecordedOnly(t *testing.T) {
	t.Parallel()
	marked := taskIn("prod", 1, 1, towpath.TaskDone)
	marked.Mark = &towpath.Mark{Why: "Made by hand"}
	for want, more := range map[string]towpath.TaskState{
		"2 done (1 recorded, not run)":                         towpath.TaskDone,
		"1 done (1 recorded, not run), 1 skipped or cancelled": towpath.TaskSkipped,
	} {
		st, ok := byEnvironment([]towpath.Task{marked, taskIn("prod", 1, 2, more)})[0].status(stageContext{})
		if !ok || st.Description != want {
			t.Errorf("%+v, want %q", st, want)
		}
	}
}

// A fixed text in a newer commit does not make an older commit successful, regardless of its other
// tasks.
func TestStage_afterAFailureIsNeverSuccessful(t *testing.T) {
	t.Parallel()
	const pending, held, done, failed = towpath.TaskPending, towpath.TaskHeld, towpath.TaskDone,
		towpath.TaskFailed
	for _, end := range []towpath.TaskState{towpath.TaskCancelled, towpath.TaskSkipped} {
		for _, other := range []towpath.TaskState{
			"", pending, held, done, failed, towpath.TaskUnknown,
			towpath.TaskSkipped, towpath.TaskCancelled,
		} {
			tasks := []towpath.Task{taskIn("prod", 1, 2, end)}
			tasks[0].Error, tasks[0].Checksum, tasks[0].Path = towpath.Why(towpath.ReasonDatabaseError,
				"message", "it failed"), "bad", "shop/5__ddl__b.sql"
			if other != "" {
				tasks = append(tasks, taskIn("prod", 1, 1, other))
			}
			st, ok := byEnvironment(tasks)[0].status(stageContext{
				place: ":2:1", others: tasks,
				waiting: vcs.StatusSuccessful,
			})
			if st.State == vcs.StatusSuccessful ||
				(end == towpath.TaskCancelled && (!ok || st.State != vcs.StatusFailed)) {
				t.Errorf("failed, then %s, beside %q: %+v", end, other, st)
			}
			if end == towpath.TaskCancelled && other == done &&
				st.Description != "shop/5__ddl__b.sql:2:1 failed in shop and was replaced or removed; 1 "+
					"of 2 done" {
				t.Error(st.Description)
			}

			// The same text that is done after all is good, as one that a person accepted.
			again := tasks[0]
			again.State, again.Error = done, towpath.Reason{}
			st, ok = byEnvironment(append(tasks[:1:1], again))[0].status(stageContext{})
			if end == towpath.TaskCancelled &&
				(!ok || st.State != vcs.StatusSuccessful || st.Description != "1 done") {
				t.Errorf("failed, cancelled, and done: %+v", st)
			}
		}
	}
}

// A status is in progress if and only if a task runs, regardless of the other tasks.
func TestStage_isInProgressOnlyWhileSomethingRuns(t *testing.T) {
	t.Parallel()
	states := []towpath.TaskState{
		towpath.TaskPending, towpath.TaskHeld, towpath.TaskRunning, towpath.TaskDone, towpath.TaskFailed,
		towpath.TaskUnknown, towpath.TaskSkipped, towpath.TaskCancelled,
	}
	for _, a := range states {
		for _, b := range states {
			for _, before := range states {
				all := []towpath.Task{
					taskIn("test", 0, 1, before), taskIn("prod", 1, 1, a),
					taskIn("prod", 1, 2, b),
				}
				st, _ := byEnvironment(all)[1].status(stageContext{others: all, waiting: vcs.StatusStopped})
				if runs := a == towpath.TaskRunning ||
					b == towpath.TaskRunning; st.State == vcs.StatusInProgress && !runs {
					t.Errorf("%s, then %s and %s: %+v", before, a, b, st)
				}
				if waits := a == towpath.TaskPending ||
					a == towpath.TaskHeld; st.State == vcs.StatusSuccessful && waits {
					t.Errorf("green while something is to come: %s, then %s and %s: %+v", before, a, b, st)
				}
			}
		}
	}
}

func TestStage_fitsLongNames(t *testing.T) {
	t.Parallel()
	long := taskIn("prod", 0, 1, towpath.TaskFailed)
	long.Path, long.Database = strings.Repeat("ü/", 400)+".sql", strings.Repeat("d", 64)
	st, _ := byEnvironment([]towpath.Task{long})[0].status(stageContext{place: ":100000:100000"})
	if n := utf8.RuneCountInString(st.Description); n > 255 ||
		!strings.Contains(st.Description, ":100000:100000 failed in d") {
		t.Errorf("%d characters: %s", n, st.Description)
	}
}
