package executor

import (
	"errors"

	"towpath"
	"towpath/internal/engine"
)

// progress is how far one try has come. It decides what an error means.
type progress struct {
	begun     bool // effects may be in: a commit was requested, or statements commit by themselves
	kept      int  // statements that are in for good
	ran       bool // statements of the file may have run
	partial   bool // a part of the statement after those may be in
	torn      bool // that part is out of sight, so the statement must not run again automatically
	rowsStay  bool // the rollback left rows in tables without transactions
	confirmed bool // the server itself reported that
}

// extentOf is how much of the file is in the database after an outcome. autocommit says that
// statements commit one by one. unsettled says that an earlier try ended without an answer.
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
	case at.rowsStay && !autocommit:
		return towpath.ExtentTables
	case at.partial || at.rowsStay:
		return towpath.ExtentPart
	}
	return towpath.ExtentKept
}

// step is what follows from an error.
type step int

const (
	stepFail     step = iota // the task has failed
	stepRetry                // nothing is in flight: start over after a pause
	stepVerify               // end the session if it lives, then ask the database what it holds
	stepFenced               // another process has taken over
	stepTampered             // the change was committed, and the ledger was altered with it
)

// nextStep decides what follows from an error of a target, or of reading the file.
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
	case e.Kind == engine.Lost, e.Kind == engine.Locked && at.kept == 0 && !at.torn && !at.rowsStay:
		return stepRetry
	}
	return stepFail
}
