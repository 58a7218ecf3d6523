package executor

import (
	"context"
	"sync/atomic"
	"time"

	"towpath"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// shared is what all attempts of a batch have in common.
type shared struct {
	store      *store.Store
	database   towpath.Database
	target     *target
	lease      *lease
	takeover   *takeover
	allowRoles bool             // whether the environment allows changes of roles
	defaults   statement.Limits // for files that set none
	maximum    statement.Limits // the most that a file may ask for
	snapshots  bool             // read the schema before and after each change
	retry      retry
	reached    func(place string)
}

// attempt is one run of one task.
type attempt struct {
	*shared
	task     towpath.Task
	was      towpath.Task // before this attempt
	stored   towpath.Attempt
	resolved bool             // a person chose to run it again
	limits   statement.Limits // with those that the file sets

	total      atomic.Int64 // statements
	finished   atomic.Int64
	cancelFunc atomic.Pointer[context.CancelCauseFunc]

	undone     *towpath.LedgerEntry // the row of what a task of TypeUndo takes back; nil for any other
	script     *script              // nil for a task that only records
	at         progress
	log        statementLog
	lostMidway bool    // a connection broke while the file ran
	unverified bool    // the effect of an earlier try may be in the database
	alreadySo  bool    // the schema was what a repair would make, so nothing ran
	before     *string // dump of the schema before the change; nil when it is not known
	after      *string

	out     outcome
	beganAt time.Time // the start of the run, not of the claim
	endedAt time.Time
}

// cancel ends the attempt because a person asked for it.
func (a *attempt) cancel() {
	if cancel := a.cancelFunc.Load(); cancel != nil {
		(*cancel)(errCancelled)
	}
}

// autocommits reports whether the file's statements commit one by one.
func (a *attempt) autocommits() bool { return a.script != nil && a.script.autocommit }

// records reports whether the task only records, so that it has no script.
func (a *attempt) records() bool { return a.task.Action == towpath.ActionRecord }

// isOf reports whether a task is still as this attempt left it: no other attempt has begun since.
func (a *attempt) isOf(t towpath.Task) bool {
	return t.ID == a.task.ID && t.Attempts == a.stored.Number
}

// effects returns what the change history adds to the ledger's rows.
func (a *attempt) effects() effects {
	return effects{rows: a.log.rows, before: a.before, after: a.after}
}
