package executor

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

const (
	terminateLimit = 20 * time.Second // to end one session of an earlier run
	fenceTries     = 3
)

// takeover keeps earlier holders of the lease from changing the target any more.
type takeover struct {
	target  *target
	lease   *lease
	pending bool // an earlier holder may still change the target
	fenced  bool // the lease's row in the ledger is ours
}

// run raises the ledger's epoch, so that no earlier holder can write an intent, and ends the
// sessions that may still run. It returns a *terminalError when one of them cannot be ended.
func (t *takeover) run(ctx context.Context, limits statement.Limits) error {
	terminator, _ := t.target.db.(engine.SessionTerminator)
	if err := t.fence(ctx, terminator, limits); err != nil || terminator == nil {
		t.pending = err != nil
		return err
	}
	l, err := t.target.load(ctx)
	if err != nil {
		return err
	}
	for _, e := range l.Entries {
		j, ok := readJournal(e)
		if e.State.Applied() || !ok || j.Session == "" {
			continue
		}
		if err := endSession(ctx, terminator, j.Session); err != nil {
			alive := towpath.Why(towpath.ReasonSessionAlive,
				"session", j.Session, "statement", strconv.Itoa(j.Statement+1), "version", e.Version)
			out := terminate(towpath.TaskUnknown, alive.From(t.target.reasonOf(err)))
			out.unread = true
			return out
		}
	}
	t.pending = false
	return nil
}

// fence writes the lease's row with our epoch. It ends a transaction of an earlier run that blocks
// it.
func (t *takeover) fence(
	ctx context.Context, terminator engine.SessionTerminator, limits statement.Limits,
) error {
	for try := 1; ; try++ {
		err := t.writeLease(ctx, limits)
		if err == nil || terminator == nil || try == fenceTries || !isKind(err, engine.Locked) {
			return err
		}
		runners, listErr := terminator.Runners(ctx)
		if listErr != nil {
			return errors.Join(err, listErr)
		}
		for _, session := range runners {
			if endErr := endSession(ctx, terminator, session); endErr != nil {
				return errors.Join(err, endErr)
			}
		}
	}
}

func (t *takeover) writeLease(ctx context.Context, limits statement.Limits) error {
	options := within(limits)
	options.NoTx = true
	session, err := t.target.session(ctx, options)
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }() // the row is recorded by then
	if _, err := t.enter(ctx, session); err != nil {
		return err
	}
	if err := session.Record(ctx, t.lease.row(towpath.LedgerRunning)); err != nil {
		return err
	}
	t.fenced = true
	return nil
}

// enter reads the lease's row and raises our epoch above it. held is true when an earlier holder
// has not released it. It returns a *terminalError when the ledger belongs to another database.
func (t *takeover) enter(ctx context.Context, session engine.Session) (held bool, err error) {
	row, found, err := session.Entry(ctx, leaseID())
	if err != nil || !found {
		return false, err
	}
	if reason := foreignRow(row, t.lease.databaseID); !reason.IsZero() {
		return false, terminate(towpath.TaskFailed, reason)
	}
	ours := t.fenced && row.Epoch == t.lease.epoch.Load()
	if !ours && row.Epoch >= t.lease.epoch.Load() {
		err = t.lease.raise(ctx, row.Epoch)
	}
	return !ours && row.State == towpath.LedgerRunning, err
}

// reseal seals a ledger that has no seals yet, or those of an earlier key. held is as in enter.
func (t *takeover) reseal(ctx context.Context, limits statement.Limits) (held bool, err error) {
	session, err := t.target.session(ctx, within(limits))
	if err != nil {
		return false, err
	}
	defer func() { _ = session.Close() }()
	if held, err = t.enter(ctx, session); err != nil || held {
		return held, err
	}
	if err := session.Record(ctx, t.lease.row(towpath.LedgerDone)); err != nil {
		return false, err
	}
	row, _, err := session.Entry(ctx, leaseID()) // nobody else can write from here on
	if err != nil {
		return false, err
	}
	l, err := t.target.load(ctx)
	if err != nil || !t.target.ledger.unsealed {
		return false, err
	}
	for _, e := range l.Entries {
		if err := t.lease.raise(ctx, e.Epoch-1); err != nil {
			return false, err
		}
	}
	row.Epoch = t.lease.epoch.Load()
	if err := t.target.ledger.replace(ctx, session, append(l.Entries, row)); err != nil {
		return false, err
	}
	before := "with an earlier key"
	if l.Head == nil {
		before = "without seals"
	}
	t.target.logger.InfoContext(ctx, "ledger sealed", "database", t.lease.databaseID, "rows", len(l.Entries),
		"key", t.target.ledger.keyID, "before", before)
	return false, nil
}

func endSession(ctx context.Context, terminator engine.SessionTerminator, session string) error {
	ctx, cancel := context.WithTimeout(ctx, terminateLimit)
	defer cancel()
	if err := terminator.EndSession(ctx, session); err != nil {
		return fmt.Errorf("end session %s: %w", session, err)
	}
	return nil
}
