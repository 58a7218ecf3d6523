package executor

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/seal"
)

// work does the task, starting over while others hold locks and nothing is kept.
func (r *attempt) work(ctx context.Context) outcome {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	r.cancel.Store(&cancel)
	err := r.prepare(ctx)
	for try := 1; err == nil; try++ {
		r.logs, r.noticed, r.rows, r.at = nil, 0, 0, progress{}
		r.finished.Store(0)
		out, failure := r.once(ctx)
		if failure == nil {
			return out
		}
		if out, ok := outcomeOf(failure); ok {
			return out
		}
		if out, settled := r.settle(ctx, failure, try); settled {
			return out
		}
		err = r.pause(ctx, try)
	}
	if out, ok := outcomeOf(err); ok {
		return out
	}
	if ctx.Err() != nil {
		return r.interrupted(ctx)
	}
	return outcome{state: towpath.TaskFailed, reason: r.reasonOf(err)}
}

// settle decides what an error of a target means; settled is false when another try is due.
func (r *attempt) settle(ctx context.Context, failure error, try int) (out outcome, settled bool) {
	var said *engine.Error
	if errors.As(failure, &said) && said.Kind == engine.Lost {
		r.broke = r.broke || r.at.ran
	}
	step := nextStep(failure, r.at)
	last := try >= r.lockTries()
	switch {
	case step == stepFenced || errors.Is(failure, errLeaseLost):
		return outcome{fenced: true}, true
	case step == stepTampered:
		return r.tampered(ctx, failure), true
	case step == stepVerify:
		r.takeover, r.unsettled = true, true
	case ctx.Err() != nil:
		return r.interrupted(ctx), true
	case step == stepFail && !r.unsettled:
		return r.failed(failure, try), true
	}
	switch {
	case (r.unsettled || r.takeover) && (last || ctx.Err() != nil):
		reason := towpath.Why(towpath.ReasonUnconfirmed).From(r.reasonOf(failure))
		return outcome{state: towpath.TaskUnknown, reason: reason, unread: true}, true
	case last:
		return r.failed(failure, try), true
	}
	return out, false
}

// pause waits before the next try.
func (r *attempt) pause(ctx context.Context, try int) error {
	wait := min(r.backoff()<<min(try-1, 10), maxPause)
	timer := time.NewTimer(wait/2 + rand.N(wait))
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// interrupted ends a run whose server is told to stop, or that a person has cancelled.
func (r *attempt) interrupted(ctx context.Context) outcome {
	if errors.Is(context.Cause(ctx), errCancelled) {
		return outcome{state: towpath.TaskFailed, reason: towpath.Why(towpath.ReasonCancelled)}
	}
	if r.at.sure {
		return outcome{state: towpath.TaskFailed, reason: towpath.Why(towpath.ReasonInterruptedKept)}
	}
	return outcome{state: towpath.TaskPending, reason: towpath.Why(towpath.ReasonInterrupted)}
}

// failed is how a run ends with an error.
func (r *attempt) failed(err error, tries int) outcome {
	out := outcome{state: towpath.TaskFailed, reason: r.reasonOf(err)}
	var place *statementError
	if errors.As(err, &place) {
		out.pos = place.pos
	}
	var e *engine.Error
	if errors.As(err, &e) {
		switch e.Kind {
		case engine.Locked:
			out.reason = towpath.Why(towpath.ReasonLockTimeout, "tries", strconv.Itoa(tries)).From(out.reason)
		case engine.Timeout:
			out.reason = towpath.Why(towpath.ReasonStatementTimeout, "limit", r.limits.Statement.String()).From(out.reason)
		}
	}
	return out
}

// prepare finds the engine and opens the script.
func (r *attempt) prepare(ctx context.Context) (err error) {
	if r.engine == nil {
		if r.engine, r.target, err = r.reach(r.instance, r.database.Name); err != nil {
			return terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonStated, "text", towpath.ErrorMessage(err)))
		}
		r.target.AllowRoles = r.allowRoles
	}
	if r.task.Action == towpath.ActionRecord {
		r.total.Store(int64(len(r.task.Covers)))
		return nil
	}
	return r.openScript(ctx)
}

// once is one try on the target. Its error is a *terminalError, or one for next to judge.
func (r *attempt) once(ctx context.Context) (out outcome, err error) {
	defer func() {
		if err != nil {
			r.disconnect()
		}
		var e *engine.Error
		if errors.As(err, &e) && e.Kind == engine.Lost {
			r.fenced = false // the lost session may still be at work in the target
		}
	}()
	if err := r.connect(ctx); err != nil {
		return out, err
	}
	if r.book == nil {
		if _, err := r.load(ctx); err != nil {
			return out, err
		}
	}
	if r.takeover {
		if err := r.takeOver(ctx); err != nil {
			return out, err
		}
	}
	if r.before, err = r.dump(ctx); err != nil {
		return out, err
	}
	r.schema = nil
	session, entry, err := r.open(ctx)
	if err != nil {
		return out, err
	}
	defer func() {
		var stays *engine.Error
		r.at.stays = errors.As(session.Close(), &stays) && stays.Kind == engine.Stays
		r.at.sure = r.at.stays && stays.Err == nil
	}()
	if out, err = r.change(ctx, session, entry); err != nil {
		return out, err
	}
	r.fenced = true
	if r.SnapshotSchemas {
		reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
		defer cancel()
		if schema, err := r.db.Schema(reading); err != nil {
			r.logger().WarnContext(ctx, "schema not read after a change", "task", r.task.ID, "error", err)
		} else {
			r.after, r.schema = schema.Dump, &schema.Dump
		}
	}
	return out, nil
}

// open begins the session that does the work, and holds the ledger: in a transaction no other run can write there until its
// end. Where another run has not given it back, that one is taken over first.
func (r *attempt) open(ctx context.Context) (engine.Session, ledgerRow, error) {
	for {
		if r.reseal {
			held, err := r.sealAll(ctx)
			if err == nil && held {
				err = r.takeOver(ctx)
			}
			if err != nil {
				return nil, ledgerRow{}, err
			}
			continue
		}
		session, err := r.session(ctx, engine.SessionOptions{NoTx: r.noTx, Keys: r.keys, LockTimeout: r.limits.Lock, StatementTimeout: r.limits.Statement})
		if err != nil {
			return nil, ledgerRow{}, err
		}
		held := false
		if !r.fenced {
			held, err = r.enter(ctx, session)
		}
		var row ledgerRow
		if err == nil && !held {
			if row, err = r.hold(ctx, session); err == nil {
				return session, row, nil
			}
		}
		var e *engine.Error
		held = held || !r.noTx && !r.fenced && errors.As(err, &e) && e.Kind == engine.Locked
		if closeErr := session.Close(); !held {
			return nil, row, errors.Join(err, closeErr)
		}
		if err := r.takeOver(ctx); err != nil {
			return nil, row, err
		}
	}
}

// hold takes the ledger for the length of a transaction, and reads the migration's row.
func (r *attempt) hold(ctx context.Context, session engine.Session) (row ledgerRow, err error) {
	if !r.noTx {
		r.reached("before intent")
		if err := session.Record(ctx, r.leaseRow(towpath.LedgerDone)); err != nil {
			return row, err
		}
	}
	if r.task.Action == towpath.ActionApply {
		row.LedgerEntry, row.found, err = session.Entry(ctx, r.task.MigrationID)
	}
	if reason := foreign(row.LedgerEntry, r.database.ID); err == nil && row.found && !reason.IsZero() {
		return row, terminate(towpath.TaskFailed, reason)
	}
	return row, err
}

// change does the work in a session, its commit included.
func (r *attempt) change(ctx context.Context, session engine.Session, row ledgerRow) (out outcome, err error) {
	out = outcome{state: towpath.TaskDone}
	if !r.noTx {
		r.reached("after intent")
	}
	if r.task.Action == towpath.ActionRecord {
		out.changes, err = r.record(ctx, session)
	} else {
		out.changes, err = r.apply(ctx, session, row)
	}
	if err != nil {
		return out, err
	}
	r.at.begun = true
	// A commit that was asked for is waited for, whatever else ends: its outcome is what the ledger is about.
	committing, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.limits.Statement)
	defer cancel()
	if err := session.Commit(committing); err != nil {
		return out, err
	}
	r.kept()
	r.reached("after outcome")
	return out, nil
}

// dump is the schema before a change: in a turn, as the last one has left it.
func (r *attempt) dump(ctx context.Context) (string, error) {
	if !r.SnapshotSchemas {
		return "", nil
	}
	if r.schema != nil {
		return *r.schema, nil
	}
	schema, err := r.db.Schema(ctx)
	if schema.LeftOut != "" {
		r.logger().InfoContext(ctx, "the server keeps options that nobody sets; schema texts leave them out",
			"database", r.database.Name, "options", schema.LeftOut)
	}
	return schema.Dump, err
}

func (s *Service) evidence(ctx context.Context, e engine.Engine, target engine.Target, t towpath.Task, databaseID string) (found evidence, err error) {
	db, err := e.Open(ctx, target)
	if err != nil {
		return found, err
	}
	defer func() { _ = db.Close() }()
	l, err := db.Ledger(ctx)
	if err != nil {
		return found, err
	}
	if seal.NewKeys(s.Keeper).Check(l, databaseID, seal.Known{}).Trouble != "" {
		return evidence{begun: true, indeterminate: true}, nil
	}
	return weigh(t, l.Entries, databaseID), nil
}
