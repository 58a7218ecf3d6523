package executor

import (
	"context"
	"errors"
	"strconv"

	"towpath"
	"towpath/internal/engine"
)

// try makes one try on the target. Its error is a *terminalError, or one for nextStep.
func (a *attempt) try(ctx context.Context) (out outcome, err error) {
	defer func() {
		if err != nil {
			a.target.disconnect()
		}
		if isKind(err, engine.Lost) {
			a.takeover.fenced = false // the lost session may still be at work in the target
		}
	}()
	if err := a.target.connect(ctx); err != nil {
		return out, err
	}
	if a.target.ledger.book == nil {
		if _, err := a.target.load(ctx); err != nil {
			return out, err
		}
	}
	if a.takeover.pending {
		if err := a.takeover.run(ctx, a.limits); err != nil {
			return out, err
		}
	}
	if a.snapshots {
		if a.before, err = a.target.schemaBefore(ctx); err != nil {
			return out, err
		}
		if err := a.checkDrift(ctx); err != nil {
			return out, err
		}
	}
	if err := a.checkMark(ctx); err != nil {
		return out, err
	}
	a.target.schema = nil
	session, row, err := a.open(ctx)
	if err != nil {
		return out, err
	}
	if out, err = a.changeIn(ctx, session, row); err != nil {
		return out, err
	}
	a.takeover.fenced = true
	if a.snapshots {
		reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
		defer cancel()
		a.after = a.target.schemaAfter(reading)
	}
	return out, nil
}

// open begins the session that runs the file, and holds the ledger: in a transaction nobody else
// can write there until its end. It takes over from an earlier holder that has not released the
// ledger.
func (a *attempt) open(ctx context.Context) (engine.Session, ledgerRow, error) {
	for {
		if a.target.ledger.unsealed {
			held, err := a.takeover.reseal(ctx, a.limits)
			if err == nil && held {
				err = a.takeover.run(ctx, a.limits)
			}
			if err != nil {
				return nil, ledgerRow{}, err
			}
			continue
		}
		options := within(a.limits)
		options.NoTx = a.autocommits()
		options.Keys = a.script != nil && a.script.keys
		session, err := a.target.session(ctx, options)
		if err != nil {
			return nil, ledgerRow{}, err
		}
		held := false
		if !a.takeover.fenced {
			held, err = a.takeover.enter(ctx, session)
		}
		var row ledgerRow
		if err == nil && !held {
			if row, err = a.hold(ctx, session); err == nil {
				return session, row, nil
			}
		}
		blocked := !options.NoTx && !a.takeover.fenced && isKind(err, engine.Locked)
		closeErr := session.Close()
		if !held && !blocked {
			return nil, row, errors.Join(err, closeErr)
		}
		if err := a.takeover.run(ctx, a.limits); err != nil {
			return nil, row, err
		}
	}
}

// hold locks the ledger for the length of a transaction, and reads the migration's row. Once nobody else
// can hold the ledger, a transaction only makes the server check that there is no row, together with the
// file's first statement.
func (a *attempt) hold(ctx context.Context, session *sealedSession) (row ledgerRow, err error) {
	if !a.autocommits() {
		a.reached("before intent")
		if err := session.Record(ctx, a.lease.row(towpath.LedgerDone)); err != nil {
			return row, err
		}
	}
	if a.task.Action != towpath.ActionApply {
		return row, nil
	}
	if a.takeover.fenced && session.expectNone(a.task.MigrationID) {
		return row, nil
	}
	if row.LedgerEntry, row.found, err = session.Entry(ctx, a.task.MigrationID); err != nil || !row.found {
		return row, err
	}
	if reason := foreignRow(row.LedgerEntry, a.database.ID); !reason.IsZero() {
		return row, terminate(towpath.TaskFailed, reason)
	}
	return row, nil
}

// changeIn runs the work in a session and closes it, so that its connection is free for the next
// reading.
func (a *attempt) changeIn(
	ctx context.Context, session engine.Session, row ledgerRow,
) (outcome, error) {
	defer func() {
		var stays *engine.Error
		a.at.rowsStay = errors.As(session.Close(), &stays) && stays.Kind == engine.Stays
		a.at.confirmed = a.at.rowsStay && stays.Err == nil
	}()
	return a.change(ctx, session, row)
}

// change runs the work in a session, including its commit.
func (a *attempt) change(
	ctx context.Context, session engine.Session, row ledgerRow,
) (out outcome, err error) {
	out = outcome{state: towpath.TaskDone}
	if !a.autocommits() {
		a.reached("after intent")
	}
	if a.task.Action == towpath.ActionRecord {
		out.changes, err = a.record(ctx, session)
	} else {
		out.changes, err = a.apply(ctx, session, row)
	}
	if err != nil {
		return out, err
	}
	a.at.begun = true
	// A requested commit is always awaited: the ledger depends on its outcome.
	committing, cancel := context.WithTimeout(context.WithoutCancel(ctx), a.limits.Statement)
	defer cancel()
	if err := session.Commit(committing); err != nil {
		return out, err
	}
	a.target.ledger.committed()
	a.reached("after outcome")
	out.reason = lookAt(out.changes)
	if a.alreadySo {
		out.reason = towpath.Why(towpath.ReasonRepairedAlready)
	}
	return out, nil
}

// apply runs the file's statements in a session, up to the commit.
func (a *attempt) apply(ctx context.Context, session engine.Session, row ledgerRow) ([]change, error) {
	j, _ := readJournal(row.LedgerEntry)
	row.refilled = j.Filling != a.script.filling.Digest()
	same, err := a.script.startsWith(row.StatementsDone, j.Prefix)
	if err != nil {
		return nil, err
	}
	plan, err := planResume(a.task, row, same, a.resolved)
	if err != nil {
		return nil, err
	}
	if plan.applied {
		a.unverified = false
		a.total.Store(int64(row.StatementsTotal))
		a.finished.Store(int64(row.StatementsTotal))
		m := a.mode(a.inflight(session), row.LedgerEntry)
		return []change{{Migration: a.task.Migration, entry: row.LedgerEntry}}, m.finish(ctx)
	}
	if err := a.mayApply(plan); err != nil {
		return nil, err
	}
	if err := a.readUndone(ctx, session); err != nil {
		return nil, err
	}
	if row.found && row.Epoch > a.lease.epoch.Load() {
		if err := a.lease.raise(ctx, row.Epoch); err != nil {
			return nil, err
		}
	}
	if repaired, err := a.repaired(plan); err != nil {
		return nil, err
	} else if repaired {
		entry := a.repairedRow()
		done := []change{{Migration: a.task.Migration, entry: entry, fresh: true}}
		return done, a.mode(a.inflight(session), entry).finish(ctx, entry)
	}
	entry := a.lease.migrationRow(a.task.Migration, a.task.Commit, towpath.LedgerRunning)
	entry.StatementsTotal = a.script.statements
	entry.StatementsDone = plan.from
	f := a.inflight(session)
	// A failed row with definitions has leftovers that could not be removed.
	if plan.verify || (row.State == towpath.LedgerFailed && len(j.Before) > 0) {
		if plan.from, err = f.verifyEffect(ctx, row.LedgerEntry,
			row.Checksum == a.task.Checksum && !row.refilled); err != nil {
			return nil, err
		}
	}
	if plan.from > 0 {
		a.log.looks = j.Looks
	}
	if err := a.guardLasting(ctx, session, entry, plan.from); err != nil {
		return nil, err
	}
	a.unverified = false
	a.at.kept = plan.from
	a.at.ran = true
	a.finished.Store(int64(plan.from))
	return a.runStatements(ctx, a.mode(f, entry), plan.from, entry)
}

// mayApply refuses a plan that must not run.
func (a *attempt) mayApply(plan resumePlan) error {
	if a.database.ProjectID != a.task.ProjectID {
		return terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonUnassigned))
	}
	if total := a.script.statements; plan.from > total {
		return terminate(towpath.TaskUnknown, towpath.Why(towpath.ReasonBeyondEnd,
			"total", strconv.Itoa(total), "after", strconv.Itoa(plan.from)))
	}
	return nil
}

// runStatements runs the statements from an index on, and records the migration as done.
func (a *attempt) runStatements(
	ctx context.Context, m mode, from int, entry towpath.LedgerEntry,
) ([]change, error) {
	if err := m.run(ctx, from); err != nil {
		return nil, m.stop(ctx, err)
	}
	now := a.lease.now()
	entry.State = towpath.LedgerDone
	entry.FinishedAt = &now
	entry.StatementsDone = entry.StatementsTotal
	entry = withLooks(entry, a.log.looks)
	a.reached("before outcome")
	rows, undone := a.undoRows(&entry)
	if err := m.finish(ctx, rows...); err != nil {
		return nil, m.stop(ctx, err)
	}
	return []change{{Migration: a.task.Migration, entry: entry, fresh: true, undone: undone}}, nil
}

// inflight returns the state of the statement in flight, read in a session.
func (a *attempt) inflight(session engine.Session) inflight {
	catalog, _ := a.target.db.(engine.CatalogReader)
	return inflight{session: session, catalog: catalog, script: a.script, lease: a.lease, progress: &a.at}
}

// mode returns how the file's statements become durable.
func (a *attempt) mode(f inflight, entry towpath.LedgerEntry) mode {
	done := func(statements int) { a.finished.Store(int64(statements)) }
	if !a.autocommits() {
		return &transactional{
			session: f.session,
			script:  a.script,
			log:     &a.log,
			done:    done,
			reached: a.reached,
		}
	}
	return &autocommit{
		inflight: f,
		log:      &a.log,
		row:      entry,
		retry:    a.retry,
		wait:     a.limits.Lock,
		done:     done,
		reached:  a.reached,
		prefix:   a.script.prefix(),
	}
}
