package executor

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
	"towpath/internal/wording"
)

// autocommit runs a file in which some statements commit by themselves. Each of those runs under an
// intent, and every other statement in a transaction with its own record.
type autocommit struct {
	inflight
	log     *statementLog
	row     towpath.LedgerEntry // of the migration
	retry   retry
	wait    time.Duration // for the lock of the ledger
	done    func(statements int)
	reached func(place string)

	prefix prefix              // of the statements up to and including the current one
	before string              // checksum of the statements before it
	after  string              // of the statements up to and including it
	tried  bool                // the current statement ran once and met a lock
	origin []engine.Definition // of its objects before that try
}

// run implements mode.
func (a *autocommit) run(ctx context.Context, from int) error {
	index := -1
	for st, err := range a.script.split() {
		if err != nil {
			return err
		}
		a.prefix.add(st)
		a.before = a.after
		a.after = a.prefix.String()
		if index++; index < from {
			if err := a.replay(ctx, st); err != nil {
				return err
			}
			continue
		}
		a.row.StatementsDone = index
		a.tried = false
		if err := a.try(ctx, st); err != nil {
			return err
		}
		a.row = a.outcomeRow()
		a.progress.kept = index + 1
		a.progress.partial = false
		a.done(index + 1)
	}
	return nil
}

// outcomeRow returns the row which records that the current statement took effect.
func (a *autocommit) outcomeRow() towpath.LedgerEntry {
	row := a.row
	row.StatementsDone++
	row.Intent = journal{
		Statement: row.StatementsDone, Prefix: a.after, Filling: a.script.filling.Digest(), Looks: a.log.looks,
	}.text()
	return row
}

// replay brings a new session to the state in which the last one stopped.
func (a *autocommit) replay(ctx context.Context, st statement.Statement) error {
	again, lost := replay(st)
	if lost {
		return terminate(towpath.TaskUnknown, towpath.Why(towpath.ReasonCannotResume,
			"statement", strconv.Itoa(a.row.StatementsDone+1), "line", strconv.Itoa(st.Pos.Line)))
	}
	if !again {
		return nil
	}
	if _, err := a.session.Exec(ctx, st); err != nil {
		return &statementError{st.Pos, err}
	}
	return nil
}

// try runs a statement until it succeeds, or fails for another reason than a lock. A statement that
// may have taken effect in part is not retried.
func (a *autocommit) try(ctx context.Context, st statement.Statement) error {
	for n := 1; ; n++ {
		err := a.step(ctx, st)
		if err == nil || !isKind(err, engine.Locked) || a.progress.torn || a.retry.exhausted(n) {
			return err
		}
		if pauseErr := a.retry.pause(ctx, n); pauseErr != nil {
			return err
		}
	}
}

// step runs one statement.
func (a *autocommit) step(ctx context.Context, st statement.Statement) error {
	if a.script.byItself(st) {
		return a.stepAutocommit(ctx, st)
	}
	a.reached("before intent")
	a.progress.begun = true
	return a.log.run(ctx, a.session, st, a.row.StatementsDone, func() (int64, error) {
		a.reached("after intent")
		rows, err := a.session.ExecRecord(ctx, st, a.lease.row(towpath.LedgerRunning), a.outcomeRow())
		a.reached("after outcome")
		return rows, err
	})
}

// stepAutocommit runs a statement that commits by itself: it writes the intent, runs the statement and
// verifies the effect.
func (a *autocommit) stepAutocommit(ctx context.Context, st statement.Statement) error {
	seen, err := a.observe(ctx, st)
	if err == nil && a.tried {
		err = a.clearEarlier(ctx, &seen)
	}
	if err != nil {
		return err
	}
	a.tried = true
	a.origin = seen.before
	a.reached("before intent")
	j := journal{
		Statement: a.row.StatementsDone,
		Session:   a.session.Identity(),
		Prefix:    a.before,
		Filling:   a.script.filling.Digest(),
		Objects:   seen.change.Objects,
		Before:    seen.before,
		Looks:     a.log.looks,
	}
	a.row.Intent = j.text()
	if err := a.session.Record(ctx, a.lease.row(towpath.LedgerRunning), a.row); err != nil {
		return err
	}
	a.progress.begun = true
	a.reached("after intent")
	failure := a.log.run(ctx, a.session, st, j.Statement, func() (int64, error) {
		return a.session.Exec(ctx, st)
	})
	a.reached("after statement")
	if isKind(failure, engine.Lost, engine.Fenced, engine.Tampered) {
		return failure
	}
	if a.catalog == nil {
		return failure // a server without such statements rolls back a statement that it stops
	}
	if failure != nil {
		a.progress.torn = torn(st, seen.change)
	}
	return a.verify(ctx, st, seen, failure)
}

// torn reports whether a failed statement may have a partial effect that the catalog does not show.
func torn(st statement.Statement, c schema.Change) bool {
	return c.Effect == schema.Opaque && !st.Whole
}

// clearEarlier removes the leftovers of an earlier try of the statement: the removal after that try
// may have met the same lock.
func (a *autocommit) clearEarlier(ctx context.Context, seen *observation) error {
	now := seen.before
	if v, _ := verifyEffect(observation{change: seen.change, before: a.origin, now: now}); v != leftover {
		return nil
	}
	seen.before = a.origin
	return a.clear(ctx, seen.change.Objects, a.origin, now)
}

// verify compares the catalog with the server's answer to the statement.
func (a *autocommit) verify(
	ctx context.Context, st statement.Statement, seen observation, failure error,
) (err error) {
	looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	if seen.now, err = a.catalog.Definitions(looking, seen.change.Objects); err != nil {
		reason := towpath.Why(towpath.ReasonUnchecked).From(reasonOf(err, ""))
		return errors.Join(failure, &engine.Error{Kind: engine.Lost, Reason: reason, Err: err})
	}
	v, why := verifyEffect(seen)
	a.progress.partial = len(seen.change.Objects) == 0 || !slices.Equal(seen.before, seen.now)
	if v == leftover {
		if err := a.clear(looking, seen.change.Objects, seen.before, seen.now); err != nil {
			return errors.Join(failure, err)
		}
		a.progress.partial = false
	}
	unmet, timedOut := isKind(failure, engine.Unmet), isKind(failure, engine.Timeout)
	if failure == nil || (unmet && v == leftover) {
		if missed := seen.missed(); !missed.IsZero() {
			a.log.correct(a.row.StatementsDone, wording.Text(missed))
			return &statementError{st.Pos, &engine.Error{Kind: engine.Unmet, Reason: missed}}
		}
	}
	switch {
	case failure == nil && seen.change.Effect == schema.Opaque:
		return a.recordOutcome(ctx)
	case failure == nil, unmet:
		return failure
	case v == finished && timedOut:
		a.log.correct(a.row.StatementsDone, "")
		return nil // it finished before it could be stopped
	case v == finished, v == undecided && (timedOut || seen.change.Effect != schema.Opaque):
		stopped := indeterminate(a.row, cmp.Or(why, towpath.DoubtDone))
		stopped.Code = towpath.ReasonStopIndeterminate
		stopped.Params["message"] = a.log.redact(failure)
		return unconfirmed(a.giveUp(looking, a.row, stopped, seen))
	}
	return failure
}

// recordOutcome records a statement as applied at once, because the catalog does not show its
// effect later.
func (a *autocommit) recordOutcome(ctx context.Context) error {
	return unconfirmed(a.record(ctx, a.lease.row(towpath.LedgerRunning), a.outcomeRow()))
}

// record writes rows, and retries while others hold the ledger. It never runs a statement again.
func (a *autocommit) record(ctx context.Context, rows ...towpath.LedgerEntry) error {
	for n := 1; ; n++ {
		writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.wait+writeLimit)
		err := a.session.Record(writing, rows...)
		cancel()
		if !isKind(err, engine.Locked) {
			return err
		}
		a.reached("ledger locked")
		if a.retry.exhausted(n) || a.retry.pause(ctx, n) != nil {
			return unconfirmed(err)
		}
	}
}

// unconfirmed wraps an error of a write that follows a finished statement. The ledger may lack the
// outcome, so the next try reads it.
func unconfirmed(err error) error {
	var e *engine.Error
	if !errors.As(err, &e) || isKind(err, engine.Lost, engine.Fenced, engine.Tampered) {
		return err
	}
	reason := towpath.Why(towpath.ReasonUnrecorded).From(e.Known())
	return &engine.Error{Kind: engine.Lost, Reason: reason, Err: err}
}

// finish implements mode: the file is complete, so the lease is released together with the last
// row.
func (a *autocommit) finish(ctx context.Context, rows ...towpath.LedgerEntry) error {
	return a.record(ctx, append(rows, a.lease.row(towpath.LedgerDone))...)
}

// stop implements mode: it records the number of applied statements, and releases the lease.
func (a *autocommit) stop(ctx context.Context, cause error) error {
	if !a.progress.begun || isKind(cause, engine.Lost, engine.Fenced, engine.Tampered) {
		return cause
	}
	if out, ok := outcomeOf(cause); ok && out.state == towpath.TaskUnknown {
		return cause // the row records it already
	}
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	a.row.State = towpath.LedgerFailed
	j := journal{
		Statement: a.row.StatementsDone, Prefix: a.before, Filling: a.script.filling.Digest(), Looks: a.log.looks,
	}
	if a.left != nil {
		j.Objects = a.left.Objects
		j.Before = a.left.Before
	}
	a.row.Intent = j.text()
	err := a.session.Record(writing, a.lease.row(towpath.LedgerDone), a.row)
	if isKind(err, engine.Locked) {
		return errors.Join(cause, err) // the row keeps the intent, which is still valid
	}
	if err != nil {
		return errors.Join(err, cause)
	}
	return cause
}
