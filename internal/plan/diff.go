package plan

import (
	"slices"

	"towpath"
)

// TaskKey identifies an open task: a database has at most one for each migration.
type TaskKey struct {
	DatabaseID string
	towpath.MigrationID
}

// KeyOf returns the key of a task.
func KeyOf(t towpath.Task) TaskKey { return TaskKey{t.DatabaseID, t.MigrationID} }

// Changes is how planned work differs from the open tasks.
type Changes struct {
	Kept  []towpath.Task // open and still wanted as they are, brought into the plan's order
	Fresh []towpath.Task // wanted and not open, or open with another text
	// kept although nobody knows their outcome, and wanted with another text, which may clear it
	Asked  []string
	Closed []towpath.Task // open and no longer wanted: done as the ledger says, or cancelled, with the reason
}

// Diff compares open tasks with a plan that was made at a commit. It leaves alone what runs and
// what has an unknown outcome, since the next look shows what they left in the ledger; what a
// person decided to record, as long as the branch has that text; and the tasks of databases of
// which the plan can say nothing now. Each open task is in Kept or in Closed.
func Diff(open []towpath.Task, p Plan, commit string) Changes {
	texts := textsOf(p)
	wanted := make(map[TaskKey]towpath.Task, len(p.Tasks))
	for _, t := range p.Tasks {
		wanted[KeyOf(t)] = t
	}
	var c Changes
	end := newCloser(p, commit)
	for _, t := range open {
		if !t.State.Open() {
			continue
		}
		w, ok := wanted[KeyOf(t)]
		busy := t.State == towpath.TaskRunning || t.State == towpath.TaskUnknown
		// "it was applied", or an edit that was accepted
		decided := t.Action == towpath.ActionRecord && texts[t.Checksum]
		switch {
		case ok && (busy || decided || SameWork(t, w)):
			delete(wanted, KeyOf(t))
			c.Kept = append(c.Kept, asPlanned(t, w))
			if t.State == towpath.TaskUnknown && t.Checksum != w.Checksum {
				c.Asked = append(c.Asked, t.ID)
			}
		case !ok && (busy || decided || p.Unjudged[t.DatabaseID]):
			c.Kept = append(c.Kept, t)
		default:
			c.Closed = append(c.Closed, end.close(t))
		}
	}
	for _, t := range p.Tasks {
		if _, ok := wanted[KeyOf(t)]; ok {
			c.Fresh = append(c.Fresh, t)
		}
	}
	return c
}

// SameWork reports whether two tasks of a migration have the same text, do the same and cover the
// same files.
func SameWork(a, b towpath.Task) bool {
	return a.Checksum == b.Checksum && a.Action == b.Action &&
		slices.EqualFunc(a.Covers, b.Covers, func(x, y towpath.Migration) bool {
			return x.MigrationID == y.MigrationID && x.Checksum == y.Checksum
		})
}

// asPlanned brings a kept task into the plan's order, and holds or releases it as the plan does
// unless a person has released it. A task with another text than the plan's keeps the names that
// belong to its text.
func asPlanned(t, w towpath.Task) towpath.Task {
	t.Stage, t.Sequence = w.Stage, w.Sequence
	if !SameWork(t, w) {
		return t
	}
	t.Path = w.Path
	t.Label = w.Label
	t.Description = w.Description
	if t.State == towpath.TaskHeld || (t.State == towpath.TaskPending && !t.Released) {
		t.State, t.Reason = w.State, w.Reason
	}
	return t
}
