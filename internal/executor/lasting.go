package executor

import (
	"context"
	"strconv"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// doubled ends a run that begins again behind one whose end nobody saw, where rows of that one may have stayed in a table
// without transactions: to write them once more would double them. row is the migration's, from the statement to begin with.
func (r *attempt) doubled(ctx context.Context, session engine.Session, row towpath.LedgerEntry, from int) error {
	lasting, ok := r.db.(engine.Lasting)
	if !ok || r.resolved || !(r.broke || r.was.State == towpath.TaskRunning) {
		return nil
	}
	mayWrite, err := lasting.LastingWrites(ctx)
	if err != nil || mayWrite == nil {
		return err
	}
	table, at, err := r.mayHaveWritten(mayWrite, from)
	if err != nil || table == "" {
		return err
	}
	return r.leaveToPerson(ctx, session, row, table, at)
}

// mayHaveWritten finds the first statement that may have written to a table without transactions: among all where they run
// together, else the one that was under way.
func (r *attempt) mayHaveWritten(mayWrite func(statement.Statement) string, from int) (table string, index int, err error) {
	index = -1
	for st, err := range r.split() {
		if err != nil {
			return "", 0, err
		}
		if index++; index < from {
			continue
		}
		if table = mayWrite(st); table != "" && !st.NoTx {
			return table, index, nil
		}
		if r.noTx {
			break
		}
	}
	return "", 0, nil
}

// leaveToPerson writes the doubt into the ledger, so that nothing runs again by itself.
func (r *attempt) leaveToPerson(ctx context.Context, session engine.Session, row towpath.LedgerEntry, table string, index int) error {
	_ = session.Close() // which holds the ledger, and has changed nothing
	session, err := r.session(ctx, engine.SessionOptions{NoTx: true, LockTimeout: r.limits.Lock, StatementTimeout: r.limits.Statement})
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }() // what matters was recorded
	why := "rows may have stayed in the table " + table
	row.State, row.Epoch, row.Intent = towpath.LedgerRunning, r.epoch.Load(), journal{Statement: row.StatementsDone, Indeterminate: why}.text()
	if err := session.Record(ctx, r.leaseRow(towpath.LedgerDone), row); err != nil {
		return err
	}
	out := terminate(towpath.TaskUnknown, towpath.Why(towpath.ReasonRowsMayStay, "statement", strconv.Itoa(index+1), "table", table))
	out.extent = towpath.ExtentTables
	if r.noTx {
		out.extent = towpath.ExtentNext
	}
	r.at.kept = row.StatementsDone
	return out
}
