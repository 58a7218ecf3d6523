package executor

import (
	"context"
	"errors"
	"strconv"

	"towpath"
	"towpath/internal/engine"
)

// run runs the task. It retries while others hold locks and nothing has taken effect.
func (a *attempt) run(ctx context.Context) outcome {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	a.cancelFunc.Store(&cancel)
	err := a.prepare(ctx)
	for try := 1; err == nil; try++ {
		a.at = progress{}
		a.log = statementLog{password: a.target.address.Password}
		a.finished.Store(0)
		out, failure := a.try(ctx)
		if failure == nil {
			return out
		}
		if out, ok := outcomeOf(failure); ok {
			return out
		}
		if out, final := a.afterFailure(ctx, failure, try); final {
			return out
		}
		err = a.retry.pause(ctx, try)
	}
	if out, ok := outcomeOf(err); ok {
		return out
	}
	if ctx.Err() != nil {
		return a.interrupted(ctx)
	}
	return outcome{state: towpath.TaskFailed, reason: a.target.reasonOf(err)}
}

// prepare finds the engine and opens the script.
func (a *attempt) prepare(ctx context.Context) (err error) {
	if err := a.target.resolve(a.allowRoles); err != nil {
		return err
	}
	if a.records() {
		a.total.Store(int64(len(a.task.Covers)))
		return nil
	}
	if a.script == nil { // it was not read ahead
		t := a.target
		a.script, err = openScript(ctx, a.store, a.task, a.stored.Filling, t.engine, t.address, 0)
	}
	if err != nil {
		return err
	}
	a.limits = a.script.directives.Or(a.limits).Under(a.maximum)
	a.total.Store(int64(a.script.statements))
	return nil
}

// afterFailure decides what an error of a target means; final is false when another try is due.
func (a *attempt) afterFailure(ctx context.Context, failure error, try int) (out outcome, final bool) {
	if isKind(failure, engine.Lost) {
		a.lostMidway = a.lostMidway || a.at.ran
	}
	step := nextStep(failure, a.at)
	last := a.retry.exhausted(try)
	switch {
	case step == stepFenced || errors.Is(failure, errLeaseLost):
		return outcome{fenced: true}, true
	case step == stepTampered:
		return a.tampered(ctx, failure), true
	case step == stepVerify:
		a.takeover.pending = true
		a.unverified = true
	case ctx.Err() != nil:
		return a.interrupted(ctx), true
	case step == stepFail && !a.unverified:
		return a.failed(failure, try), true
	}
	switch {
	case (a.unverified || a.takeover.pending) && (last || ctx.Err() != nil):
		reason := towpath.Why(towpath.ReasonUnconfirmed).From(a.target.reasonOf(failure))
		return outcome{state: towpath.TaskUnknown, reason: reason, unread: true}, true
	case last:
		return a.failed(failure, try), true
	}
	return out, false
}

// interrupted is the outcome when the server stops, or when a person cancels the task.
func (a *attempt) interrupted(ctx context.Context) outcome {
	if errors.Is(context.Cause(ctx), errCancelled) {
		return outcome{state: towpath.TaskFailed, reason: towpath.Why(towpath.ReasonCancelled)}
	}
	if a.at.confirmed {
		return outcome{state: towpath.TaskFailed, reason: towpath.Why(towpath.ReasonInterruptedKept)}
	}
	return outcome{state: towpath.TaskPending, reason: towpath.Why(towpath.ReasonInterrupted)}
}

// failed is the outcome after an error.
func (a *attempt) failed(err error, tries int) outcome {
	out := outcome{state: towpath.TaskFailed, reason: a.target.reasonOf(err)}
	var place *statementError
	if errors.As(err, &place) {
		out.pos = place.pos
	}
	switch {
	case isKind(err, engine.Locked):
		out.reason = towpath.Why(towpath.ReasonLockTimeout, "tries", strconv.Itoa(tries)).From(out.reason)
	case isKind(err, engine.Timeout):
		limit := a.limits.Statement.String()
		out.reason = towpath.Why(towpath.ReasonStatementTimeout, "limit", limit).From(out.reason)
	}
	return out
}

// tampered is the outcome of a change that was committed together with an altered ledger.
func (a *attempt) tampered(ctx context.Context, failure error) outcome {
	reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	err := a.target.connect(reading)
	if err == nil {
		_, err = a.target.load(reading)
	}
	var unreadable towpath.Reason
	if err != nil {
		unreadable = a.target.reasonOf(err)
	}
	reason := towpath.Why(towpath.ReasonTamperedCommit).From(unreadable, a.target.reasonOf(failure))
	out := outcome{state: towpath.TaskUnknown, reason: reason}
	switch {
	case a.at.ran && a.autocommits():
		out.extent = towpath.ExtentNext
	case a.at.ran:
		out.extent = towpath.ExtentKept
		a.at.kept = int(a.total.Load())
	}
	return out
}
