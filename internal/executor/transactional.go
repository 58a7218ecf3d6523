package executor

import (
	"context"
	"errors"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
	"towpath/internal/wording"
)

const (
	maxLog     = 10_000 // statements of an attempt whose log is kept; a failed one always is
	maxSummary = 200    // characters
	maxNotices = 1000   // of an attempt that are kept; the rest is counted
)

// apply runs the file's statements in a session, up to the commit.
func (r *attempt) apply(ctx context.Context, session engine.Session, row ledgerRow) ([]change, error) {
	entry := row.LedgerEntry
	j, _ := readJournal(entry)
	same, err := r.sameStart(entry.StatementsDone, j.Prefix)
	if err != nil {
		return nil, err
	}
	c, err := planResume(r.task, row, same, r.resolved)
	if err != nil {
		return nil, err
	}
	if c.already {
		r.unsettled = false
		r.total.Store(int64(entry.StatementsTotal))
		r.finished.Store(int64(entry.StatementsTotal))
		return []change{{r.task.Migration, entry, false}}, r.leave(ctx, session)
	}
	if r.database.ProjectID != r.task.ProjectID {
		return nil, terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonUnassigned))
	}
	if total := int(r.total.Load()); c.from > total {
		return nil, terminate(towpath.TaskUnknown, towpath.Why(towpath.ReasonBeyondEnd, "total", strconv.Itoa(total), "after", strconv.Itoa(c.from)))
	}
	c.settle = c.settle || entry.State == towpath.LedgerFailed && len(j.Before) > 0 // a failed build could not be removed
	if row.found && entry.Epoch > r.epoch.Load() {
		if err := r.raise(ctx, entry.Epoch); err != nil {
			return nil, err
		}
	}
	e := r.entry(r.task.Migration, towpath.LedgerRunning)
	e.StatementsTotal, e.StatementsDone = int(r.total.Load()), c.from
	a := r.newAutocommit(session, e)
	if c.settle {
		if c.from, err = a.settleRow(ctx, entry); err != nil {
			return nil, err
		}
	}
	if err := r.doubled(ctx, session, a.row, c.from); err != nil {
		return nil, err
	}
	r.unsettled, r.at.kept, r.at.ran = false, c.from, true
	r.finished.Store(int64(c.from))
	if r.noTx {
		err = a.statements(ctx, c.from)
	} else {
		err = r.together(ctx, session, c.from)
	}
	if err != nil {
		return nil, r.stopped(ctx, a, err)
	}
	e.State, e.FinishedAt, e.StatementsDone = towpath.LedgerDone, r.now(), e.StatementsTotal
	r.reached("before outcome")
	if err := r.leave(ctx, session, e); err != nil {
		return nil, r.stopped(ctx, a, err)
	}
	return []change{{r.task.Migration, e, true}}, nil
}

// leave records rows, and where each call commits by itself also that the ledger is given back: all of the work is in then,
// whatever else ends. In a transaction, the lease's row is written already.
func (r *attempt) leave(ctx context.Context, session engine.Session, rows ...towpath.LedgerEntry) error {
	if r.noTx {
		return r.note(ctx, session, append(rows, r.leaseRow(towpath.LedgerDone))...)
	}
	return session.Record(ctx, rows...)
}

// together runs the statements in the session's transaction.
func (r *attempt) together(ctx context.Context, session engine.Session, from int) error {
	index := -1
	for st, err := range r.split() {
		if err != nil {
			return err
		}
		if index++; index < from {
			continue
		}
		if err := r.exec(ctx, session, st, index, func() (int64, error) { return session.Exec(ctx, st) }); err != nil {
			return err
		}
		r.finished.Store(int64(index + 1))
		r.reached("after statement")
	}
	return nil
}

// exec runs one statement and logs it.
func (r *attempt) exec(ctx context.Context, session engine.Session, st statement.Statement, index int, do func() (int64, error)) error {
	start := time.Now()
	rows, err := do()
	took := time.Since(start)
	r.rows += rows
	notices := r.notices(session)
	if err == nil && len(r.logs) >= maxLog && len(notices.Kept) == 0 {
		return nil
	}
	log := towpath.StatementLog{Index: index, Line: st.Pos.Line, Column: st.Pos.Column, Summary: summary(st), Rows: rows, Duration: took, Notices: notices}
	if err != nil {
		if log.Error = r.redact(err); errors.Is(context.Cause(ctx), errCancelled) {
			log.Error = "The task was cancelled."
		}
		err = &statementError{st.Pos, err}
	}
	r.logs = append(r.logs, log)
	return err
}

// notices are what the server said about the last statement, without a password of ours.
func (r *attempt) notices(session engine.Session) (n towpath.Notices) {
	talker, ok := session.(engine.Talker)
	if !ok {
		return n
	}
	n = talker.Notices()
	n.Limit(maxNotices - r.noticed)
	r.noticed += len(n.Kept)
	for i := range n.Kept {
		n.Kept[i].Text = towpath.Redact(n.Kept[i].Text, r.target.Password)
	}
	return n
}

// stopped notes in the ledger how far statements came that commit by themselves, and gives it back.
func (r *attempt) stopped(ctx context.Context, a *autocommit, cause error) error {
	var known *engine.Error
	var over *terminalError
	if !r.noTx || !r.at.begun || errors.As(cause, &known) && (known.Kind == engine.Lost || known.Kind == engine.Fenced || known.Kind == engine.Tampered) {
		return cause
	}
	if errors.As(cause, &over) && over.state == towpath.TaskUnknown {
		return cause // the row tells it already
	}
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	a.row.State = towpath.LedgerFailed
	j := journal{Statement: a.row.StatementsDone, Prefix: a.before}
	if a.left != nil {
		j.Objects, j.Before = a.left.Objects, a.left.Before
	}
	a.row.Intent = j.text()
	if err := a.session.Record(writing, r.leaseRow(towpath.LedgerDone), a.row); err != nil {
		if isKind(err, engine.Locked) {
			return errors.Join(cause, err) // the row still has the intent, and what it says of it holds
		}
		return errors.Join(err, cause)
	}
	return cause
}

// record writes what the task covers into the ledger, without running anything.
func (r *attempt) record(ctx context.Context, session engine.Session) ([]change, error) {
	var changes []change
	var missing []towpath.Migration
	for _, m := range r.task.Covers {
		e, found, err := session.Entry(ctx, m.MigrationID)
		if err != nil {
			return nil, err
		}
		if recorded(m, ledgerRow{e, found}) {
			changes = append(changes, change{m, e, false})
			continue
		}
		missing = append(missing, m)
		if found {
			if err := r.raise(ctx, e.Epoch); err != nil {
				return nil, err
			}
		}
	}
	if len(missing) > 0 && r.database.ProjectID != r.task.ProjectID {
		return nil, terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonUnassignedRecord))
	}
	rows := make([]towpath.LedgerEntry, len(missing))
	for i, m := range missing {
		rows[i] = r.entry(m, towpath.LedgerBaselined)
		rows[i].FinishedAt = &rows[i].StartedAt
		changes = append(changes, change{m, rows[i], true})
	}
	r.finished.Store(int64(len(changes)))
	return changes, r.leave(ctx, session, rows...)
}

// entry makes a row of the ledger.
func (r *attempt) entry(m towpath.Migration, state towpath.LedgerState) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID: m.MigrationID, State: state, Description: m.Description, Path: m.Path, Checksum: m.Checksum, Commit: r.task.Commit,
		Epoch: r.epoch.Load(), ServerID: r.ServerID, DatabaseID: r.database.ID, StartedAt: *r.now(),
	}
}

// now is the metadata's time, as exact as it and the ledger keep it.
func (r *attempt) now() *time.Time {
	at := r.Store.Now().UTC().Truncate(time.Microsecond)
	return &at
}

// reasonOf is an error without a password of ours, and redact the same in words.
func (r *attempt) reasonOf(err error) towpath.Reason { return reasonOf(err, r.target.Password) }

func (r *attempt) redact(err error) string { return wording.Text(r.reasonOf(err)) }
