package towpath

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// StartMode says how the changes of a rollout start in an environment.
type StartMode string

const (
	StartAutomatic StartMode = "automatic" // when the environments before it are done
	StartManual    StartMode = "manual"    // when a person starts them
)

// Waiting returns the tasks that wait for a person to start an environment, in the order in which
// they run. It leaves out migrations that are held in an environment before. ready is false while
// an environment before it is not done.
func (r Rollout) Waiting(environmentID string) (tasks []Task, ready bool) {
	all := effective(r.Tasks)
	before := func(t Task, by func(Task) bool) bool {
		return slices.ContainsFunc(all, func(o Task) bool { return o.Stage < t.Stage && by(o) })
	}
	ready = true
	for _, t := range all {
		if t.EnvironmentID != environmentID || !t.WaitsForStart() {
			continue
		}
		ready = ready && !before(t, func(o Task) bool { return blocks(o.State) })
		if !before(t, func(o Task) bool {
			return o.State == TaskHeld && o.MigrationID == t.MigrationID && o.Path == t.Path
		}) {
			tasks = append(tasks, t)
		}
	}
	return tasks, ready && len(tasks) > 0
}

// WaitsForStart reports whether the task is held only until a person starts its environment.
func (t Task) WaitsForStart() bool {
	return t.State == TaskHeld && t.Reason.Code == ReasonManualStart
}

// Evidence identifies what a person starts: the texts, their order and their databases. A start
// counts for the tasks with the evidence that the person saw, and for no others.
func Evidence(tasks []Task) string {
	sum := sha256.New()
	for _, t := range tasks {
		fmt.Fprintf(sum, "%q %q %q %q %q %q\n", t.EnvironmentID, t.DatabaseID, t.Version, t.Type, t.Action,
			t.Checksum)
	}
	return hex.EncodeToString(sum.Sum(nil))
}
