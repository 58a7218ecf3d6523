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

// again is when the task is to be looked at once more; nil for not by itself.
func (o outcome) again(now time.Time) *time.Time {
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

// ending is an outcome on its way up as an error.
type ending struct{ outcome }

// Error implements error.
func (e *ending) Error() string { return wording.Text(e.reason) }

func end(state towpath.TaskState, reason towpath.Reason) *ending {
	return &ending{outcome{state: state, reason: reason}}
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

// course is what a run means to do about a migration, given its row in the ledger.
type course struct {
	already bool // the ledger has it: nothing to run
	from    int  // index of the first statement to run
	settle  bool // find out first what became of that statement
}

// judge decides what to do about the migration's row. samePrefix says that the file begins with the text whose statements
// the row counts; resolved, that a person has decided that it runs again. Its error is an *ending.
func judge(t towpath.Task, e towpath.LedgerEntry, found, samePrefix, resolved bool) (course, error) {
	sameText := e.Checksum == t.Checksum
	switch {
	case !found && !(resolved && t.ContinueAfter > 0):
		return course{}, nil
	case e.State.Applied() && sameText:
		return course{already: true}, nil
	case e.State.Applied():
		return course{}, end(towpath.TaskFailed, towpath.Why(towpath.ReasonChecksumMismatch,
			"version", t.Label, "path", e.Path, "commit", fmt.Sprintf("%.12s", e.Commit)))
	case resolved && t.ContinueAfter > 0:
		return course{from: t.ContinueAfter}, nil
	case resolved && (sameText || samePrefix):
		return course{from: e.StatementsDone}, nil
	case resolved:
		return course{}, nil
	case e.State == towpath.LedgerRunning:
		return course{from: e.StatementsDone, settle: true}, nil
	case e.StatementsDone == 0 || sameText || samePrefix:
		return course{from: e.StatementsDone}, nil
	}
	half := end(towpath.TaskUnknown, towpath.Why(towpath.ReasonStoppedHalfway,
		"done", strconv.Itoa(e.StatementsDone), "total", strconv.Itoa(e.StatementsTotal)))
	half.extent = towpath.ExtentUntouched
	return course{}, half
}

// indeterminate is what is known of a statement whose outcome is not.
func indeterminate(e towpath.LedgerEntry, why string) towpath.Reason {
	return towpath.Why(towpath.ReasonIndeterminate,
		"statement", strconv.Itoa(e.StatementsDone+1), "total", strconv.Itoa(e.StatementsTotal), "why", why)
}

// evidence is what the ledger says of a task.
type evidence struct {
	changes  []change
	complete bool // all of the task is in
	begun    bool // there are rows that say something else
	dark     bool // and of those, one that only a person can judge
}

// weigh looks for a task in a ledger.
func weigh(t towpath.Task, entries []towpath.LedgerEntry, databaseID string) (found evidence) {
	rows := map[towpath.MigrationID]towpath.LedgerEntry{}
	for _, e := range entries {
		if e.DatabaseID != databaseID {
			found.begun, found.dark = true, true
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
			found.begun, found.dark = true, found.dark || !told || j.Dark != ""
		}
	}
	found.complete = len(found.changes) == len(covers)
	return found
}

// recorded reports whether the ledger's row says of a migration all that recording it would say.
func recorded(m towpath.Migration, e towpath.LedgerEntry, found bool) bool {
	return found && e.State.Applied() && e.Checksum == m.Checksum && e.Path == m.Path
}

// situation is what a run was doing when an error came.
type situation struct {
	begun bool // its end may be in the database: a commit was asked for, or statements commit by themselves
	kept  int  // statements that are in for good
	ran   bool // statements of the file may have run
	part  bool // a part of the statement behind those may be in
	stays bool // the end of the session has not undone all
	sure  bool // the server itself says so
	torn  bool // a part of a statement may be in that nobody can see: it must not run again by itself
}

// extentOf says what of the file is in the database after an outcome. alone says that statements commit one by one;
// unsettled, that the outcome of the run was not heard of.
func extentOf(out outcome, at situation, alone, unsettled bool) towpath.Extent {
	switch {
	case out.state == towpath.TaskDone:
		return towpath.ExtentUntold
	case out.extent != towpath.ExtentUntold:
		return out.extent
	case unsettled && at.ran && alone:
		return towpath.ExtentNext
	case unsettled, !at.ran && out.state == towpath.TaskUnknown:
		return towpath.ExtentUnknown
	case !at.ran:
		return towpath.ExtentUntouched
	case at.stays && !alone:
		return towpath.ExtentTables
	case at.part || at.stays:
		return towpath.ExtentPart
	}
	return towpath.ExtentKept
}

// step is what follows from an error.
type step int

const (
	giveUp   step = iota // the task has failed
	tryAgain             // nothing is under way: start over after a while
	askAgain             // end the session, if it lives, and ask the database what became of it
	stepBack             // another process has taken over
	changed              // it was committed, and the ledger was changed with it
)

// next decides what follows from an error of a target, or of reading the script.
func next(err error, at situation) step {
	var e *engine.Error
	if !errors.As(err, &e) {
		if text := (*unread)(nil); errors.As(err, &text) {
			return tryAgain
		}
		if towpath.ErrorCode(err) != towpath.CodeUnavailable {
			return giveUp
		}
		e = &engine.Error{Kind: engine.Lost}
	}
	switch {
	case e.Kind == engine.Fenced:
		return stepBack
	case e.Kind == engine.Tampered:
		return changed
	case e.Kind == engine.Lost && at.begun:
		return askAgain
	case e.Kind == engine.Lost, e.Kind == engine.Locked && at.kept == 0 && !at.torn && !at.stays:
		return tryAgain
	}
	return giveUp
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
