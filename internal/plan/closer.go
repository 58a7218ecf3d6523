package plan

import (
	"towpath"
)

// checksumsOf returns the checksums of the existing files in a plan.
func checksumsOf(p Plan) map[string]bool {
	texts := map[string]bool{}
	for _, item := range p.Items {
		if item.State != ItemMissing {
			texts[item.Checksum] = true
		}
	}
	delete(texts, "") // of ignored files
	return texts
}

// closer closes open tasks that are not in the plan.
type closer struct {
	commit string // of the plan, shortened
	items  map[TaskKey]Item
	files  map[TaskKey]Item // the same by the identities of files
	paths  map[string]bool  // of existing files
}

func newCloser(p Plan, commit string) closer {
	c := closer{
		commit: towpath.ShortHash(commit), items: make(map[TaskKey]Item, len(p.Items)),
		files: make(map[TaskKey]Item, len(p.Items)), paths: make(map[string]bool, len(p.Items)),
	}
	for _, item := range p.Items {
		c.items[TaskKey{item.DatabaseID, item.MigrationID}] = item
		c.files[TaskKey{item.DatabaseID, item.File()}] = item
		c.paths[item.Path] = c.paths[item.Path] || item.State != ItemMissing
	}
	return c
}

// close returns a task as done when the ledger has all of it, and else as cancelled. The results of
// its attempts stay.
func (c closer) close(t towpath.Task) towpath.Task {
	if c.inLedger(t) {
		t.State, t.Reason = towpath.TaskDone, towpath.Why(towpath.ReasonInLedger)
		return t
	}
	t.State, t.Reason = towpath.TaskCancelled, c.why(t)
	return t
}

func (c closer) why(t towpath.Task) towpath.Reason {
	item, known := c.items[KeyOf(t)]
	if !known { // a repeatable file that goes back to a text that the database has
		item, known = c.files[TaskKey{t.DatabaseID, t.File()}]
	}
	switch {
	case t.Path != "" && !c.paths[t.Path] && (!known || item.State == ItemMissing):
		return towpath.Why(towpath.ReasonFileGone, "commit", c.commit)
	case !known:
		return towpath.Why(towpath.ReasonOtherMigration, "commit", c.commit)
	case t.Path != "" && !c.paths[t.Path]:
		return towpath.Why(towpath.ReasonFileReplaced, "commit", c.commit, "path", item.Path)
	case item.State == ItemPending, item.State == ItemHeld, item.State == ItemMoved:
		if t.Action == towpath.ActionRecord {
			return towpath.Why(towpath.ReasonRecordChanged, "commit", c.commit)
		}
		return towpath.Why(towpath.ReasonSuperseded, "commit", c.commit)
	case item.Previous != nil && item.Previous.State.Applied() && item.State != ItemEdited:
		return towpath.Why(towpath.ReasonHasText, "version", t.Label, "commit",
			towpath.ShortHash(item.Previous.Commit))
	}
	return towpath.Why(towpath.ReasonNoLongerAllowed, "commit", c.commit).From(item.Reason)
}

// inLedger reports whether the ledger has all migrations of a task, with the task's texts.
func (c closer) inLedger(t towpath.Task) bool {
	wanted := t.Covers
	if t.Action == towpath.ActionApply {
		wanted = []towpath.Migration{t.Migration}
	}
	found := 0
	for _, m := range wanted {
		if m.Path == "" { // the marker of a chosen baseline, which has no file
			continue
		}
		e := c.items[TaskKey{t.DatabaseID, m.MigrationID}].Previous
		if e == nil || e.MigrationID != m.MigrationID || !e.State.Applied() || e.Checksum != m.Checksum {
			return false
		}
		found++
	}
	return found > 0
}
