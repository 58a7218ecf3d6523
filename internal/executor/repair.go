package executor

import (
	"towpath"
	"towpath/internal/statement"
)

// repaired compares the schema with those of a file that takes a drift back. It is true where the
// schema is what the file would make. Where it is neither that nor what the file was written for, the
// error is a *terminalError, and nothing runs. Every other file, and one that goes on, runs as it is.
func (a *attempt) repaired(plan resumePlan) (bool, error) {
	a.alreadySo = false
	r := a.script.directives.Repairs
	begins := plan.from == 0 && !plan.verify
	switch {
	case r == statement.Repair{} || !begins || a.task.Type == towpath.TypeUndo:
		return false, nil
	case a.before == nil:
		return false, terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonRepairUnread))
	}
	switch digest(*a.before) {
	case r.Wanted:
		a.alreadySo = true
		return true, nil
	case r.Found:
		return false, nil
	}
	return false, terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonRepairMisfit))
}

// repairedRow is the row of a repair that has nothing to do: one that did not run.
func (a *attempt) repairedRow() towpath.LedgerEntry {
	entry := a.lease.migrationRow(a.task.Migration, a.task.Commit, towpath.LedgerBaselined)
	entry.FinishedAt = &entry.StartedAt
	a.unverified = false
	return entry
}
