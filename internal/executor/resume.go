package executor

import (
	"fmt"
	"strconv"

	"towpath"
	"towpath/internal/statement"
)

// ledgerRow is the ledger's row of a migration, as a session finds it.
type ledgerRow struct {
	towpath.LedgerEntry
	found    bool
	refilled bool // it is about the file with other values than now
}

// resumePlan is the place in a file where an attempt begins.
type resumePlan struct {
	applied bool // the ledger has the migration: nothing runs
	from    int  // index of the first statement to run
	verify  bool // first find out whether that statement took effect
}

// planResume decides from a migration's row where to begin. samePrefix is true when the file still
// begins with the statements that the row counts, resolved when a person chose to run it again. The
// error is a *terminalError.
func planResume(t towpath.Task, row ledgerRow, samePrefix, resolved bool) (resumePlan, error) {
	sameFile := row.Checksum == t.Checksum
	sameText := sameFile && !row.refilled
	switch {
	case !row.found && !(resolved && t.ContinueAfter > 0):
		return resumePlan{}, nil
	case row.State.Applied() && sameFile:
		return resumePlan{applied: true}, nil
	case row.State.Applied():
		return resumePlan{}, terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonChecksumMismatch,
			"version", t.Label, "path", row.Path, "commit", fmt.Sprintf("%.12s", row.Commit)))
	case resolved && t.ContinueAfter > 0:
		return resumePlan{from: t.ContinueAfter}, nil
	case resolved && (sameText || samePrefix):
		return resumePlan{from: row.StatementsDone}, nil
	case resolved:
		return resumePlan{}, nil
	case row.State == towpath.LedgerRunning:
		return resumePlan{from: row.StatementsDone, verify: true}, nil
	case row.StatementsDone == 0 || sameText || samePrefix:
		return resumePlan{from: row.StatementsDone}, nil
	}
	half := terminate(towpath.TaskUnknown, towpath.Why(towpath.ReasonStoppedHalfway,
		"done", strconv.Itoa(row.StatementsDone), "total", strconv.Itoa(row.StatementsTotal)))
	half.extent = towpath.ExtentUntouched
	return resumePlan{}, half
}

// replay decides about a statement before the place where an attempt resumes, in a new session: run
// it again, or do not resume because what it left in its session is lost.
func replay(st statement.Statement) (again, lost bool) {
	return st.State == statement.Setting, st.State == statement.Temporary
}

// recorded reports whether a row already has everything that recording the migration would write.
func recorded(m towpath.Migration, row ledgerRow) bool {
	return row.found && row.State.Applied() && row.Checksum == m.Checksum && row.Path == m.Path
}

// evidence is what a ledger shows about a task whose outcome is unknown.
type evidence struct {
	changes       []change
	complete      bool // the ledger has all of the task as applied
	begun         bool // rows of the task have another state
	indeterminate bool // only a person can decide about those rows
}

// collectEvidence collects the rows of a task from a ledger.
func collectEvidence(t towpath.Task, entries []towpath.LedgerEntry, databaseID string) (found evidence) {
	rows := map[towpath.MigrationID]towpath.LedgerEntry{}
	for _, e := range entries {
		if e.DatabaseID != databaseID {
			found.begun = true
			found.indeterminate = true
		}
		rows[e.MigrationID] = e
	}
	covers := t.Covers
	if t.Action == towpath.ActionApply {
		covers = []towpath.Migration{t.Migration}
	}
	for _, m := range covers {
		e, ok := rows[m.MigrationID]
		if ok && e.DatabaseID == databaseID && e.State.Applied() && e.Checksum == m.Checksum {
			found.changes = append(found.changes, change{Migration: m, entry: e})
		} else if ok && t.Action == towpath.ActionApply {
			j, ok := readJournal(e)
			found.begun = true
			found.indeterminate = found.indeterminate || !ok || !j.Indeterminate.IsZero()
		}
	}
	found.complete = len(found.changes) == len(covers)
	return found
}
