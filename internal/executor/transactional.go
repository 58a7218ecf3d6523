package executor

import (
	"context"

	"towpath"
	"towpath/internal/engine"
)

// mode is how the statements of a file become durable.
type mode interface {
	// run runs the statements from an index on.
	run(ctx context.Context, from int) error

	// finish records rows after the last statement.
	finish(ctx context.Context, rows ...towpath.LedgerEntry) error

	// stop records the progress of a run that ended with cause. It returns cause, joined with an
	// error of its own.
	stop(ctx context.Context, cause error) error
}

// transactional runs a file in the session's transaction, together with its record. The lease's row
// is recorded when the transaction begins.
type transactional struct {
	session engine.Session
	script  *script
	log     *statementLog
	done    func(statements int)
	reached func(place string)
}

// run implements mode.
func (t *transactional) run(ctx context.Context, from int) error {
	index := -1
	for st, err := range t.script.split() {
		if err != nil {
			return err
		}
		if index++; index < from {
			continue
		}
		exec := func() (int64, error) { return t.session.Exec(ctx, st) }
		if err := t.log.run(ctx, t.session, st, index, exec); err != nil {
			return err
		}
		t.done(index + 1)
		t.reached("after statement")
	}
	return nil
}

// finish implements mode.
func (t *transactional) finish(ctx context.Context, rows ...towpath.LedgerEntry) error {
	return t.session.Record(ctx, rows...)
}

// stop implements mode. The rollback undoes everything.
func (t *transactional) stop(_ context.Context, cause error) error { return cause }
