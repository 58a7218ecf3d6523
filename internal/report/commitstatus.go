package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/vcs"
	"towpath/internal/wording"
)

// stage groups the tasks of one commit in one environment.
type stage struct {
	environmentID string
	environment   string
	rolloutID     string
	tasks         []towpath.Task
}

// byEnvironment groups tasks by environment, in the order of the stages. It leaves out cancelled tasks
// where another task brings the same text to the same database: that one decides the status.
func byEnvironment(tasks []towpath.Task) []stage {
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

// count returns the number of tasks in each state.
func (s stage) count() map[towpath.TaskState]int {
	count := map[towpath.TaskState]int{}
	for _, t := range s.tasks {
		count[t.State]++
	}
	return count
}

// first returns the first task in a state; the zero task when there is none.
func (s stage) first(state towpath.TaskState) towpath.Task {
	i := slices.IndexFunc(s.tasks, func(t towpath.Task) bool { return t.State == state })
	if i < 0 {
		return towpath.Task{}
	}
	return s.tasks[i]
}

// failedTask returns a failed task, else one that was cancelled after its attempt failed; replaced
// reports the latter. A fixed text in a newer commit does not make the older commit successful.
func (s stage) failedTask() (t towpath.Task, replaced bool) {
	if t = s.first(towpath.TaskFailed); t.ID != "" {
		return t, false
	}
	t = s.firstFailed(towpath.TaskCancelled)
	return t, t.ID != ""
}

// firstFailed returns the first task in a state whose attempt failed before.
func (s stage) firstFailed(state towpath.TaskState) towpath.Task {
	i := slices.IndexFunc(s.tasks, func(t towpath.Task) bool { return t.State == state && !t.Error.IsZero() })
	if i < 0 {
		return towpath.Task{}
	}
	return s.tasks[i]
}

// began returns when the earliest of the running tasks started; the zero time when none runs.
func (s stage) began() (at time.Time) {
	for _, t := range s.tasks {
		if t.State == towpath.TaskRunning && t.StartedAt != nil && (at.IsZero() || t.StartedAt.Before(at)) {
			at = *t.StartedAt
		}
	}
	return at
}

// stageContext is what a stage's status depends on besides its own tasks.
type stageContext struct {
	place   string           // line and column of the failure, like ":3:14"; "" when unknown
	others  []towpath.Task   // all tasks of the rollouts that have the stage's tasks
	waiting vcs.StatusState  // the state while a stage waits for a person
	gate    towpath.Decision // of what waits at the stage's gate, or was started and waits for a window
	glass   bool             // some of it was started past the gate
}

// status returns the build status of a stage. ok is false when there is nothing to report: no task
// has started, and nothing blocks one. It is in progress only while a task runs, since an
// unfinished status may block merging for ever. It contains no messages of databases, which may
// contain data.
func (s stage) status(a stageContext) (st vcs.Status, ok bool) {
	count := s.count()
	done, all := count[towpath.TaskDone], len(s.tasks)
	soFar := fmt.Sprintf("%d of %d done%s", done, all, s.undone())
	if failed := s.first(towpath.TaskFailed); failed.ID != "" {
		return newStatus(vcs.StatusFailed, "%s%s failed in %s; %s",
			towpath.ClipRunes(failed.Path, maxStatusPath),
			a.place, failed.Database, soFar), true
	}
	if lost := s.first(towpath.TaskUnknown); lost.ID != "" {
		return newStatus(vcs.StatusFailed, "Needs a person: it is unknown if %s was applied in %s",
			towpath.ClipRunes(lost.Path, maxStatusPath), lost.Database), true
	}
	if count[towpath.TaskRunning] > 0 {
		return newStatus(vcs.StatusInProgress, "Running; %s", soFar), true
	}
	if failed, replaced := s.failedTask(); replaced {
		return newStatus(vcs.StatusFailed, "%s%s failed in %s and was replaced or removed; %s",
			towpath.ClipRunes(failed.Path, maxStatusPath), a.place, failed.Database, soFar), true
	}
	if count[towpath.TaskPending]+count[towpath.TaskHeld] > 0 {
		if s.firstFailed(towpath.TaskSkipped).ID != "" {
			a.waiting = vcs.StatusStopped
		}
		return s.waitingStatus(a, soFar)
	}
	if skipped := s.firstFailed(towpath.TaskSkipped); skipped.ID != "" && done > 0 {
		return newStatus(vcs.StatusStopped, "%s failed in %s and was skipped by a person; %s",
			towpath.ClipRunes(skipped.Path, maxStatusPath), skipped.Database, soFar), true
	}
	switch {
	case done == all:
		return newStatus(vcs.StatusSuccessful, "%d done%s%s%s", done, s.recorded(), s.undone(),
			s.uncompared()), true
	case done > 0:
		return newStatus(vcs.StatusSuccessful, "%d done%s, %d skipped or cancelled%s%s", done, s.recorded(),
			all-done, s.undone(), s.uncompared()), true
	case count[towpath.TaskSkipped] > 0:
		return newStatus(vcs.StatusStopped, "Skipped by a person"), true
	}
	return st, false // cancelled: the task that replaced it has another commit
}

// recorded counts the done tasks that did not run, because people have marked them as applied; "" for
// none.
func (s stage) recorded() string {
	n := 0
	for _, t := range s.tasks {
		if t.State == towpath.TaskDone && t.Mark != nil {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d recorded, not run)", n)
}

// undone counts the done tasks that took a version back on the order of a person; "" for none.
func (s stage) undone() string {
	n := 0
	for _, t := range s.tasks {
		if t.State == towpath.TaskDone && t.Type == towpath.TypeUndo {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("; %d undone by a person", n)
}

// uncompared names the done tasks that the database may differ from; "" for none.
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
		return fmt.Sprintf("; check %s: the database may differ from it",
			towpath.ClipRunes(found[0].Path, maxStatusPath))
	}
	return fmt.Sprintf("; check %s and %s: the database may differ from them",
		towpath.ClipRunes(found[0].Path, maxStatusPath), manifest.MoreFiles(len(found)-1))
}

// waitingStatus returns the status of a stage with waiting tasks and none that runs. ok is false
// when nothing blocks them.
func (s stage) waitingStatus(a stageContext, soFar string) (st vcs.Status, ok bool) {
	for _, t := range s.tasks {
		if t.State != towpath.TaskPending && !t.WaitsForStart() {
			continue
		}
		if by, blocked := blocker(t, a.others); blocked {
			return newStatus(vcs.StatusStopped, "Not run: %s in %s (%s); %s",
				stateText(by.State), by.Environment, towpath.ClipRunes(by.Path, maxStatusPath), soFar), true
		}
	}
	held := s.first(towpath.TaskHeld)
	if len(a.gate.Because) > 0 && !a.gate.ForPerson() && (held.ID == "" || held.WaitsForStart()) {
		return a.atGate(soFar)
	}
	for _, o := range a.others { // held in an earlier stage
		if held.ID == "" && o.State == towpath.TaskHeld &&
			slices.ContainsFunc(s.tasks, func(t towpath.Task) bool { return heldBack(t, o) }) {
			held = o
		}
	}
	if held.ID == "" {
		return st, false
	}
	if held.WaitsForStart() {
		if slices.ContainsFunc(a.others, func(o towpath.Task) bool { return comesFirst(o, held) }) {
			return st, false
		}
		return newStatus(a.waiting, "Waiting for a person: start %s in Towpath; %s",
			held.Environment, soFar), true
	}
	return newStatus(a.waiting, "Waiting for a person: %s is held in %s, release or skip it; %s",
		towpath.ClipRunes(held.Path, maxStatusPath), held.Environment, soFar), true
}

// maxStatusReason bounds a reason in a status, in characters; people's own words may be long.
const maxStatusReason = 150

// atGate is the status of a stage whose gate waits for more than a person who presses Start. ok is
// false while the environments before it run.
func (a stageContext) atGate(soFar string) (st vcs.Status, ok bool) {
	why := a.gate.Because[0]
	if why.Code == towpath.ReasonEarlierEnvironments || why.Code == towpath.ReasonReviewRuns {
		return st, false
	}
	state := a.waiting
	if a.gate.Verdict == towpath.VerdictClosed {
		state = vcs.StatusStopped
	}
	text := strings.TrimSuffix(wording.Text(why), ".")
	return newStatus(state, "%s; %s", towpath.ClipRunes(text, maxStatusReason), soFar), true
}

// comesFirst reports whether a task of an earlier stage moves on by itself.
func comesFirst(o, t towpath.Task) bool {
	return o.RolloutID == t.RolloutID && o.Stage < t.Stage &&
		(o.State == towpath.TaskPending || o.State == towpath.TaskRunning)
}

func stateText(s towpath.TaskState) string {
	if s == towpath.TaskUnknown {
		return "the outcome is unknown"
	}
	return "failed"
}

// blocker finds a failed or unknown task that keeps a pending task from starting.
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

// heldBack reports whether a pending task waits because its migration is held in an earlier stage.
func heldBack(t, held towpath.Task) bool {
	return t.State == towpath.TaskPending && t.RolloutID == held.RolloutID &&
		t.File() == held.File() && t.Path == held.Path && held.Stage < t.Stage
}

// maxStatusPath bounds a path in a status, in characters, so that the text around it fits too.
const maxStatusPath = 120

func newStatus(state vcs.StatusState, format string, args ...any) vcs.Status {
	return vcs.Status{State: state, Description: fmt.Sprintf(format, args...)}
}
