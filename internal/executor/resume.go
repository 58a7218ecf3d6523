package executor

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
	"towpath/internal/wording"
)

// outcome is how a run ended.
type outcome struct {
	state   towpath.TaskState // done, failed, unknown, or pending when it was interrupted before anything was kept
	reason  towpath.Reason
	pos     statement.Position // of the statement that failed; Line 0 for none
	changes []change           // what the ledger has of the task
	fenced  bool               // another process has taken over: nothing may be written
	unread  bool               // of an unknown outcome: the ledger could not be read, and may be later
	extent  towpath.Extent     // what of the file is in the database, where the error itself says so
}

// requeueAt is when the task is to be looked at once more; nil for not by itself.
func (o outcome) requeueAt(now time.Time) *time.Time {
	switch {
	case o.state == towpath.TaskPending:
	case o.state == towpath.TaskUnknown && o.unread:
		now = now.Add(unreadWait)
	default:
		return nil
	}
	return &now
}

// ofAttempt is the state of the attempt that ended so: it has failed where the task is to run again.
func (o outcome) ofAttempt() towpath.TaskState {
	if o.state == towpath.TaskPending {
		return towpath.TaskFailed
	}
	return o.state
}

// change is a migration with its row in the ledger.
type change struct {
	towpath.Migration
	entry towpath.LedgerEntry
	fresh bool // written by this run
}

// terminalError is an outcome on its way up as an error.
type terminalError struct{ outcome }

// Error implements error.
func (e *terminalError) Error() string { return wording.Text(e.reason) }

func terminate(state towpath.TaskState, reason towpath.Reason) *terminalError {
	return &terminalError{outcome{state: state, reason: reason}}
}

// failedAt is an error of one statement.
type failedAt struct {
	pos statement.Position
	err error
}

// Error implements error.
func (f *failedAt) Error() string { return f.pos.String() + ": " + f.err.Error() }

// Unwrap returns the engine's error.
func (f *failedAt) Unwrap() error { return f.err }

// foreign says why nothing may run when a row of the ledger was written for another database; zero when it was not.
func foreign(e towpath.LedgerEntry, databaseID string) towpath.Reason {
	switch {
	case e.DatabaseID == databaseID:
		return towpath.Reason{}
	case e.Type == towpath.TypeLease:
		return towpath.Why(towpath.ReasonForeignLease, "database", e.DatabaseID)
	}
	return towpath.Why(towpath.ReasonForeignVersion, "version", e.Version, "database", e.DatabaseID)
}

// resumePlan is what a run means to do about a migration, given its row in the ledger.
type resumePlan struct {
	already bool // the ledger has it: nothing to run
	from    int  // index of the first statement to run
	settle  bool // find out first what became of that statement
}

// planResume decides what to do about the migration's row. samePrefix says that the file begins with the text whose statements
// the row counts; resolved, that a person has decided that it runs again. Its error is a *terminalError.
func planResume(t towpath.Task, e towpath.LedgerEntry, found, samePrefix, resolved bool) (resumePlan, error) {
	sameText := e.Checksum == t.Checksum
	switch {
	case !found && !(resolved && t.ContinueAfter > 0):
		return resumePlan{}, nil
	case e.State.Applied() && sameText:
		return resumePlan{already: true}, nil
	case e.State.Applied():
		return resumePlan{}, terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonChecksumMismatch,
			"version", t.Label, "path", e.Path, "commit", fmt.Sprintf("%.12s", e.Commit)))
	case resolved && t.ContinueAfter > 0:
		return resumePlan{from: t.ContinueAfter}, nil
	case resolved && (sameText || samePrefix):
		return resumePlan{from: e.StatementsDone}, nil
	case resolved:
		return resumePlan{}, nil
	case e.State == towpath.LedgerRunning:
		return resumePlan{from: e.StatementsDone, settle: true}, nil
	case e.StatementsDone == 0 || sameText || samePrefix:
		return resumePlan{from: e.StatementsDone}, nil
	}
	half := terminate(towpath.TaskUnknown, towpath.Why(towpath.ReasonStoppedHalfway,
		"done", strconv.Itoa(e.StatementsDone), "total", strconv.Itoa(e.StatementsTotal)))
	half.extent = towpath.ExtentUntouched
	return resumePlan{}, half
}

// indeterminate is what is known of a statement whose outcome is not.
func indeterminate(e towpath.LedgerEntry, why string) towpath.Reason {
	return towpath.Why(towpath.ReasonIndeterminate,
		"statement", strconv.Itoa(e.StatementsDone+1), "total", strconv.Itoa(e.StatementsTotal), "why", why)
}

// evidence is what the ledger says of a task.
type evidence struct {
	changes       []change
	complete      bool // all of the task is in
	begun         bool // there are rows that say something else
	indeterminate bool // and of those, one that only a person can judge
}

// weigh looks for a task in a ledger.
func weigh(t towpath.Task, entries []towpath.LedgerEntry, databaseID string) (found evidence) {
	rows := map[towpath.MigrationID]towpath.LedgerEntry{}
	for _, e := range entries {
		if e.DatabaseID != databaseID {
			found.begun, found.indeterminate = true, true
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
			found.changes = append(found.changes, change{m, e, false})
		} else if ok && t.Action == towpath.ActionApply {
			j, told := readJournal(e)
			found.begun, found.indeterminate = true, found.indeterminate || !told || j.Indeterminate != ""
		}
	}
	found.complete = len(found.changes) == len(covers)
	return found
}

// recorded reports whether the ledger's row says of a migration all that recording it would say.
func recorded(m towpath.Migration, e towpath.LedgerEntry, found bool) bool {
	return found && e.State.Applied() && e.Checksum == m.Checksum && e.Path == m.Path
}

// progress is what a run was doing when an error came.
type progress struct {
	begun bool // its end may be in the database: a commit was asked for, or statements commit by themselves
	kept  int  // statements that are in for good
	ran   bool // statements of the file may have run
	part  bool // a part of the statement behind those may be in
	stays bool // the end of the session has not undone all
	sure  bool // the server itself says so
	torn  bool // a part of a statement may be in that nobody can see: it must not run again by itself
}

// extentOf says what of the file is in the database after an outcome. autocommit says that statements commit one by one;
// unsettled, that the outcome of the run was not heard of.
func extentOf(out outcome, at progress, autocommit, unsettled bool) towpath.Extent {
	switch {
	case out.state == towpath.TaskDone:
		return towpath.ExtentUntold
	case out.extent != towpath.ExtentUntold:
		return out.extent
	case unsettled && at.ran && autocommit:
		return towpath.ExtentNext
	case unsettled, !at.ran && out.state == towpath.TaskUnknown:
		return towpath.ExtentUnknown
	case !at.ran:
		return towpath.ExtentUntouched
	case at.stays && !autocommit:
		return towpath.ExtentTables
	case at.part || at.stays:
		return towpath.ExtentPart
	}
	return towpath.ExtentKept
}

// step is what follows from an error.
type step int

const (
	stepFail     step = iota // the task has failed
	stepRetry                // nothing is under way: start over after a while
	stepVerify               // end the session, if it lives, and ask the database what became of it
	stepFenced               // another process has taken over
	stepTampered             // it was committed, and the ledger was changed with it
)

// nextStep decides what follows from an error of a target, or of reading the script.
func nextStep(err error, at progress) step {
	var e *engine.Error
	if !errors.As(err, &e) {
		if text := (*unread)(nil); errors.As(err, &text) {
			return stepRetry
		}
		if towpath.ErrorCode(err) != towpath.CodeUnavailable {
			return stepFail
		}
		e = &engine.Error{Kind: engine.Lost}
	}
	switch {
	case e.Kind == engine.Fenced:
		return stepFenced
	case e.Kind == engine.Tampered:
		return stepTampered
	case e.Kind == engine.Lost && at.begun:
		return stepVerify
	case e.Kind == engine.Lost, e.Kind == engine.Locked && at.kept == 0 && !at.torn && !at.stays:
		return stepRetry
	}
	return stepFail
}

// reasonOf is what a person reads of an error, without a password of ours: the database's own words where there are any.
func reasonOf(err error, password string) towpath.Reason {
	var e *engine.Error
	var known *towpath.Error
	var script *statement.Error
	var text *unread
	switch {
	case errors.As(err, &e):
		return towpath.Why(towpath.ReasonDatabaseError, "message", towpath.Redact(e.Message, password))
	case errors.As(err, &text):
		return towpath.Why(towpath.ReasonTextUnread)
	case errors.As(err, &known):
		return towpath.Why(towpath.ReasonStated, "text", towpath.Redact(towpath.Clip(known.Message), password))
	case errors.As(err, &script):
		return towpath.Why(towpath.ReasonScriptRefused, "message", towpath.Redact(script.Message, password))
	}
	return towpath.Why(towpath.ReasonStated, "text", towpath.Redact(towpath.Clip(err.Error()), password))
}
