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

// Changes is the difference between open tasks and a plan.
type Changes struct {
	Kept  []towpath.Task // open tasks that stay, in the plan's order
	Fresh []towpath.Task // planned tasks that are not open, or are open with another text
	// ids of kept tasks with an unknown outcome whose text has changed, which may resolve them
	Asked  []string
	Closed []towpath.Task // open tasks that end: done according to the ledger, or cancelled
}

// Diff compares open tasks with a plan for a commit. Each open task is in Kept or in Closed. Diff
// keeps running and unknown tasks, since the next plan reads their results from the ledger. It
// keeps tasks that a person decided to record, as long as the branch has their text. It also keeps
// the tasks of undecided databases.
func Diff(open []towpath.Task, p Plan, commit string) Changes {
	texts := checksumsOf(p)
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
		// resolved as applied, an accepted edit, or undone on the order of a person
		decided := t.Action == towpath.ActionRecord && texts[t.Checksum] || t.Type == towpath.TypeUndo
		switch {
		case ok && (busy || decided || SameWork(t, w)):
			delete(wanted, KeyOf(t))
			c.Kept = append(c.Kept, asPlanned(t, w))
			if t.State == towpath.TaskUnknown && t.Checksum != w.Checksum {
				c.Asked = append(c.Asked, t.ID)
			}
		case !ok && (busy || decided || p.Undecided[t.DatabaseID]):
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

// asPlanned gives a kept task the plan's order, and holds or releases it as planned unless a person
// has released it. A task with another text than the planned one keeps its own names.
func asPlanned(t, w towpath.Task) towpath.Task {
	t.Stage, t.Sequence = w.Stage, w.Sequence
	if !SameWork(t, w) {
		return t
	}
	t.Path = w.Path
	t.Label = w.Label
	t.Description = w.Description
	switch {
	case t.WaitsForStart() && t.Released && w.State == towpath.TaskHeld && !w.WaitsForStart():
		// a person has released it, and its environment has not let it through yet
	case t.State == towpath.TaskHeld, t.State == towpath.TaskPending && !t.Released:
		t.State, t.Reason = w.State, w.Reason
	}
	return t
}
