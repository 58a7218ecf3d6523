package executor

import (
	"errors"
	"slices"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
	"towpath/internal/wording"
)

// unreadWait is the pause before a ledger that could not be read is read again.
const unreadWait = 15 * time.Second

// errLeaseLost stops a batch that another process may have taken over. It must not write any more.
var errLeaseLost = errors.New("the target's lease was lost")

// errCancelled stops an attempt that a person has cancelled.
var errCancelled = errors.New("the task was cancelled")

// outcome is the result of an attempt.
type outcome struct {
	state   towpath.TaskState // done, failed, unknown, or pending when it stopped without lasting effect
	reason  towpath.Reason
	pos     statement.Position // of the statement that failed; Line 0 for none
	changes []change           // rows of the ledger that belong to the task
	fenced  bool               // another process has taken over: this one must write nothing
	unread  bool               // the state is unknown only because the ledger could not be read yet
	unmark  bool               // what a person has marked as applied is not there: it runs again
	extent  towpath.Extent     // how much of the file is in the database, if the error itself determines it
}

// requeueAt is when the task is checked again; nil when it waits for a person or is finished.
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

// attemptState is the state of the attempt itself. An attempt whose task runs again has failed.
func (o outcome) attemptState() towpath.TaskState {
	if o.state == towpath.TaskPending {
		return towpath.TaskFailed
	}
	return o.state
}

// change is a migration with its row in the ledger.
type change struct {
	towpath.Migration
	entry towpath.LedgerEntry
	fresh bool // written by this attempt
	// the row of the migration that it has taken back; nil for none, and when it was read later
	undone *towpath.LedgerEntry
}

// terminalError carries an outcome up the call stack. No further try follows it.
type terminalError struct{ outcome }

// Error implements error.
func (e *terminalError) Error() string { return wording.Text(e.reason) }

func terminate(state towpath.TaskState, reason towpath.Reason) *terminalError {
	return &terminalError{outcome{state: state, reason: reason}}
}

// statementError is an error of one statement.
type statementError struct {
	pos statement.Position
	err error
}

// Error implements error.
func (e *statementError) Error() string { return e.pos.String() + ": " + e.err.Error() }

// Unwrap returns the engine's error.
func (e *statementError) Unwrap() error { return e.err }

// textError is a failure to read the metadata in the middle of a file. Only a part of a long file
// is in memory at a time.
type textError struct{ err error }

// Error implements error.
func (e *textError) Error() string { return "read the file's text: " + e.err.Error() }

// Unwrap returns the metadata's error.
func (e *textError) Unwrap() error { return e.err }

// isKind reports whether an error of the engine is one of these kinds.
func isKind(err error, kinds ...engine.Kind) bool {
	var e *engine.Error
	return errors.As(err, &e) && slices.Contains(kinds, e.Kind)
}

// outcomeOf returns the outcome that an error carries.
func outcomeOf(err error) (out outcome, ok bool) {
	var e *terminalError
	if errors.As(err, &e) {
		return e.outcome, true
	}
	return outcome{}, false
}

// reasonOf returns an error for people, with the password redacted.
func reasonOf(err error, password string) towpath.Reason {
	var unread *textError
	if errors.As(err, &unread) {
		return towpath.Why(towpath.ReasonTextUnread)
	}
	return engine.ReasonOf(err, password)
}
