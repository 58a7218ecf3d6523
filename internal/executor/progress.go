package executor

import (
	"errors"

	"towpath"
	"towpath/internal/engine"
)

// progress is the position of one try. It decides what an error means.
type progress struct {
	begun     bool // there may be effects: a commit was requested, or statements commit by themselves
	kept      int  // statements whose effect is durable
	ran       bool // statements of the file may have run
	partial   bool // the statement after those may have taken effect in part
	torn      bool // that effect is not visible, so the statement must not run again automatically
	rowsStay  bool // the rollback left rows in tables without transactions
	confirmed bool // the server itself reported that
}

// extentOf is how much of the file is in the database after an outcome. autocommit is true when
// statements commit one by one, unverified when an earlier try ended without an answer.
func extentOf(out outcome, at progress, autocommit, unverified bool) towpath.Extent {
	switch {
	case out.state == towpath.TaskDone:
		return towpath.ExtentUnset
	case out.extent != towpath.ExtentUnset:
		return out.extent
	case unverified && at.ran && autocommit:
		return towpath.ExtentNext
	case unverified, !at.ran && out.state == towpath.TaskUnknown:
		return towpath.ExtentUnknown
	case !at.ran:
		return towpath.ExtentUntouched
	case at.rowsStay && !autocommit:
		return towpath.ExtentTables
	case at.partial || at.rowsStay:
		return towpath.ExtentPart
	}
	return towpath.ExtentKept
}

// step is the reaction to an error.
type step int

const (
	stepFail     step = iota // the task has failed
	stepRetry                // nothing is in flight: start over after a pause
	stepVerify               // end the session if it lives, then read the effect from the database
	stepFenced               // another process has taken over
	stepTampered             // the change was committed together with an altered ledger
)

// nextStep decides the reaction to an error of a target, or of reading the file.
func nextStep(err error, at progress) step {
	var e *engine.Error
	if !errors.As(err, &e) {
		if text := (*textError)(nil); errors.As(err, &text) {
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
	case e.Kind == engine.Lost, e.Kind == engine.Unexpected, e.Kind == engine.Locked && at.kept == 0 && !at.torn && !at.rowsStay:
		return stepRetry
	}
	return stepFail
}
