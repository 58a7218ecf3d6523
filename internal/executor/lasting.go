package executor

import (
	"context"
	"strconv"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// guardLasting stops an attempt whose predecessor ended unobserved and may have left rows in a
// table without transactions: a second run would write them twice. row is the migration's, from is
// the statement to begin with.
func (a *attempt) guardLasting(
	ctx context.Context, session engine.Session, row towpath.LedgerEntry, from int,
) error {
	lasting, ok := a.target.db.(engine.Lasting)
	diedBefore := a.lostMidway || a.was.State == towpath.TaskRunning
	if !ok || a.resolved || !diedBefore {
		return nil
	}
	mayWrite, err := lasting.LastingWrites(ctx)
	if err != nil || mayWrite == nil {
		return err
	}
	table, at, err := a.mayHaveWritten(mayWrite, from)
	if err != nil || table == "" {
		return err
	}
	return a.recordDoubt(ctx, session, row, table, at)
}

// mayHaveWritten finds the first statement that may have written to a table without transactions:
// among all statements if they share a transaction, otherwise only the one in flight.
func (a *attempt) mayHaveWritten(
	mayWrite func(statement.Statement) string, from int,
) (table string, index int, err error) {
	index = -1
	for st, err := range a.script.split() {
		if err != nil {
			return "", 0, err
		}
		if index++; index < from {
			continue
		}
		if table = mayWrite(st); table != "" && !st.NoTx {
			return table, index, nil
		}
		if a.script.autocommit {
			break
		}
	}
	return "", 0, nil
}

// recordDoubt writes the doubt into the ledger, so that nothing runs again automatically.
func (a *attempt) recordDoubt(
	ctx context.Context, session engine.Session, row towpath.LedgerEntry, table string, index int,
) error {
	_ = session.Close() // it holds the ledger, and has changed nothing
	options := within(a.limits)
	options.NoTx = true
	session, err := a.target.session(ctx, options)
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }() // the rows are recorded by then
	why := towpath.Why(towpath.ReasonRowsMayStay, "statement", strconv.Itoa(index+1), "table", table)
	row.State = towpath.LedgerRunning
	row.Epoch = a.lease.epoch.Load()
	row.Intent = journal{Statement: row.StatementsDone, Indeterminate: why, Looks: a.log.looks}.text()
	if err := session.Record(ctx, a.lease.row(towpath.LedgerDone), row); err != nil {
		return err
	}
	out := terminate(towpath.TaskUnknown, why)
	out.extent = towpath.ExtentTables
	if a.script.autocommit {
		out.extent = towpath.ExtentNext
	}
	a.at.kept = row.StatementsDone
	return out
}
