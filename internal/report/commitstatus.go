package report

import (
	"fmt"
	"slices"
	"time"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/vcs"
)

// stage is what the tasks of one commit amount to in one environment.
type stage struct {
	environmentID string
	environment   string
	rolloutID     string
	tasks         []towpath.Task
}

// stagesOf groups tasks by environment, in order of the stages. A cancelled task is left out where
// another one brings the same text to the same database: that one has the word.
func stagesOf(tasks []towpath.Task) []stage {
	type text struct {
		plan.TaskKey
		checksum string
	}
	brought := map[text]bool{}
	for _, t := range tasks {
		if t.State != towpath.TaskCancelled {
			brought[text{plan.KeyOf(t), t.Checksum}] = true
		}
	}
	var stages []stage
	for _, t := range tasks {
		if t.State == towpath.TaskCancelled && brought[text{plan.KeyOf(t), t.Checksum}] {
			continue
		}
		i := slices.IndexFunc(stages, func(s stage) bool { return s.environmentID == t.EnvironmentID })
		if i < 0 {
			i = len(stages)
			stages = append(stages, stage{environmentID: t.EnvironmentID, environment: t.Environment})
		}
		stages[i].tasks = append(stages[i].tasks, t)
		stages[i].rolloutID = t.RolloutID
	}
	return stages
}

// count tells how many tasks are in each state.
func (s stage) count() map[towpath.TaskState]int {
	count := map[towpath.TaskState]int{}
	for _, t := range s.tasks {
		count[t.State]++
	}
	return count
}

// first returns the first task in a state.
func (s stage) first(state towpath.TaskState) towpath.Task {
	i := slices.IndexFunc(s.tasks, func(t towpath.Task) bool { return t.State == state })
	if i < 0 {
		return towpath.Task{}
	}
	return s.tasks[i]
}

// fault returns the task whose text has failed as far as the commit goes: one that stands failed,
// else one that was cancelled after its attempt had failed. A better text in a newer commit makes
// no older commit good.
func (s stage) fault() (t towpath.Task, replaced bool) {
	if t = s.first(towpath.TaskFailed); t.ID != "" {
		return t, false
	}
	t = s.left(towpath.TaskCancelled)
	return t, t.ID != ""
}

// left returns the first task in a state of those that were given up after their attempt had
// failed.
func (s stage) left(state towpath.TaskState) towpath.Task {
	i := slices.IndexFunc(s.tasks, func(t towpath.Task) bool { return t.State == state && !t.Error.IsZero() })
	if i < 0 {
		return towpath.Task{}
	}
	return s.tasks[i]
}

// began is when the first of what runs was started; the zero time when nothing runs.
func (s stage) began() (at time.Time) {
	for _, t := range s.tasks {
		if t.State == towpath.TaskRunning && t.StartedAt != nil && (at.IsZero() || t.StartedAt.Before(at)) {
			at = *t.StartedAt
		}
	}
	return at
}

// around is what a stage's status depends on beside its own tasks.
type around struct {
	place   string          // where in its file the text of fault failed, ":3:14"; "" when nobody knows
	others  []towpath.Task  // of the rollouts that carry the stage's tasks
	waiting vcs.StatusState // what a stage that waits for a person shows
}

// status words a stage for its commit; ok is false while there is nothing to tell: it has not
// begun, and nothing keeps it from beginning. It is in progress only while something runs, since an
// unfinished status may block merging for ever. Words of the databases stay here: they may hold
// data.
func (s stage) status(a around) (st vcs.Status, ok bool) {
	count := s.count()
	done, all := count[towpath.TaskDone], len(s.tasks)
	soFar := fmt.Sprintf("%d of %d done", done, all)
	if failed := s.first(towpath.TaskFailed); failed.ID != "" {
		return said(vcs.StatusFailed, "%s%s failed in %s; %s", towpath.ClipRunes(failed.Path, maxStatusPath),
			a.place, failed.Database, soFar), true
	}
	if lost := s.first(towpath.TaskUnknown); lost.ID != "" {
		return said(vcs.StatusFailed, "A person must look: nobody knows if %s was applied in %s",
			towpath.ClipRunes(lost.Path, maxStatusPath), lost.Database), true
	}
	if count[towpath.TaskRunning] > 0 {
		return said(vcs.StatusInProgress, "Running; %s", soFar), true
	}
	if failed, replaced := s.fault(); replaced {
		return said(vcs.StatusFailed, "%s%s failed in %s and was replaced or removed; %s",
			towpath.ClipRunes(failed.Path, maxStatusPath), a.place, failed.Database, soFar), true
	}
	if count[towpath.TaskPending]+count[towpath.TaskHeld] > 0 {
		if s.left(towpath.TaskSkipped).ID != "" {
			a.waiting = vcs.StatusStopped
		}
		return s.stopped(a, soFar)
	}
	if skipped := s.left(towpath.TaskSkipped); skipped.ID != "" && done > 0 {
		return said(vcs.StatusStopped, "%s failed in %s and was skipped by a person; %s",
			towpath.ClipRunes(skipped.Path, maxStatusPath), skipped.Database, soFar), true
	}
	switch {
	case done == all:
		return said(vcs.StatusSuccessful, "%d done%s", done, s.uncompared()), true
	case done > 0:
		return said(vcs.StatusSuccessful, "%d done, %d skipped or cancelled%s", done, all-done,
			s.uncompared()), true
	case count[towpath.TaskSkipped] > 0:
		return said(vcs.StatusStopped, "Skipped by a person"), true
	}
	return st, false // cancelled: what has taken its place has a commit of its own
}

// uncompared words that done tasks found something there already that nobody could compare with
// their files; "" for none.
func (s stage) uncompared() string {
	var found []towpath.Task
	for _, t := range s.tasks {
		if t.State == towpath.TaskDone && t.Reason.Code == towpath.ReasonUncompared {
			found = append(found, t)
		}
	}
	switch len(found) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("; look at %s, which found something there already",
			towpath.ClipRunes(found[0].Path, maxStatusPath))
	}
	return fmt.Sprintf("; look at %s and %s, which found something there already",
		towpath.ClipRunes(found[0].Path, maxStatusPath), manifest.MoreFiles(len(found)-1))
}

// stopped words a stage of which something is to come and nothing runs.
func (s stage) stopped(a around, soFar string) (st vcs.Status, ok bool) {
	for _, t := range s.tasks {
		if t.State != towpath.TaskPending {
			continue
		}
		if by, blocked := blocker(t, a.others); blocked {
			return said(vcs.StatusStopped, "Not run: %s in %s (%s); %s", wordOf(by.State), by.Environment,
				towpath.ClipRunes(by.Path, maxStatusPath), soFar), true
		}
	}
	held := s.first(towpath.TaskHeld)
	for _, o := range a.others { // held in an earlier stage
		if held.ID == "" && o.State == towpath.TaskHeld &&
			slices.ContainsFunc(s.tasks, func(t towpath.Task) bool { return behind(t, o) }) {
			held = o
		}
	}
	if held.ID == "" {
		return st, false
	}
	return said(a.waiting, "Waiting for a person: %s is held in %s, release or skip it; %s",
		towpath.ClipRunes(held.Path, maxStatusPath), held.Environment, soFar), true
}

func wordOf(s towpath.TaskState) string {
	if s == towpath.TaskUnknown {
		return "the outcome is unknown"
	}
	return "failed"
}

// blocker finds what has stopped for good and keeps a pending task from starting.
func blocker(t towpath.Task, others []towpath.Task) (by towpath.Task, found bool) {
	for _, o := range others {
		stopped := o.State == towpath.TaskFailed || o.State == towpath.TaskUnknown
		before := o.Stage < t.Stage || (o.DatabaseID == t.DatabaseID && o.Sequence < t.Sequence)
		if stopped && before && o.RolloutID == t.RolloutID {
			return o, true
		}
	}
	return by, false
}

// behind reports whether a pending task is a later stage of a migration that is held.
func behind(t, held towpath.Task) bool {
	return t.State == towpath.TaskPending && t.RolloutID == held.RolloutID &&
		t.MigrationID == held.MigrationID && t.Path == held.Path && held.Stage < t.Stage
}

// maxStatusPath bounds a path within a status, in characters: the words around it must fit, too.
const maxStatusPath = 120

func said(state vcs.StatusState, format string, args ...any) vcs.Status {
	return vcs.Status{State: state, Description: fmt.Sprintf(format, args...)}
}
