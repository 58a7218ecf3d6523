package executor

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/engine"
)

const (
	endLimit   = 20 * time.Second // for the end of one session of a run that was taken over
	fenceTries = 3
)

// takeOver makes sure that no earlier run does anything more in the target: it raises the ledger's epoch, so that none can
// write an intent, and ends the sessions that may still be at work. A *terminalError when one may not be ended.
func (r *attempt) takeOver(ctx context.Context) error {
	ender, _ := r.db.(engine.Ender)
	if err := r.fence(ctx, ender); err != nil || ender == nil {
		r.takeover = err != nil
		return err
	}
	l, err := r.load(ctx)
	if err != nil {
		return err
	}
	for _, e := range l.Entries {
		j, told := readJournal(e)
		if e.State.Applied() || !told || j.Session == "" {
			continue
		}
		if err := endSession(ctx, ender, j.Session); err != nil {
			out := terminate(towpath.TaskUnknown, towpath.Why(towpath.ReasonSessionAlive,
				"session", j.Session, "statement", strconv.Itoa(j.Statement+1), "version", e.Version).From(r.reasonOf(err)))
			out.unread = true
			return out
		}
	}
	r.takeover = false
	return nil
}

// fence writes the lease's row with the run's epoch. A transaction of an earlier run that is in the way is ended.
func (r *attempt) fence(ctx context.Context, ender engine.Ender) error {
	for try := 1; ; try++ {
		err := r.writeLease(ctx)
		var e *engine.Error
		if err == nil || ender == nil || try == fenceTries || !errors.As(err, &e) || e.Kind != engine.Locked {
			return err
		}
		runners, listErr := ender.Runners(ctx)
		if listErr != nil {
			return errors.Join(err, listErr)
		}
		for _, session := range runners {
			if endErr := endSession(ctx, ender, session); endErr != nil {
				return errors.Join(err, endErr)
			}
		}
	}
}

func (r *attempt) writeLease(ctx context.Context) error {
	session, err := r.session(ctx, engine.SessionOptions{NoTx: true, LockTimeout: r.limits.Lock, StatementTimeout: r.limits.Statement})
	if err != nil {
		return err
	}
	defer func() { _ = session.Close() }() // what matters was recorded
	if _, err := r.enter(ctx, session); err != nil {
		return err
	}
	if err := session.Record(ctx, r.leaseRow(towpath.LedgerRunning)); err != nil {
		return err
	}
	r.fenced = true
	return nil
}

func endSession(ctx context.Context, ender engine.Ender, session string) error {
	ctx, cancel := context.WithTimeout(ctx, endLimit)
	defer cancel()
	if err := ender.EndSession(ctx, session); err != nil {
		return fmt.Errorf("end session %s: %w", session, err)
	}
	return nil
}

// enter reads the lease's row, and lifts the run's epoch over it. held tells that another run has not given it back. An
// *terminalError when the ledger is another database's.
func (r *attempt) enter(ctx context.Context, session engine.Session) (held bool, err error) {
	row, found, err := session.Entry(ctx, leaseID())
	if err != nil {
		return false, err
	}
	if !found {
		return false, nil
	}
	if reason := foreign(row, r.database.ID); !reason.IsZero() {
		return false, terminate(towpath.TaskFailed, reason)
	}
	ours := r.fenced && row.Epoch == r.epoch.Load()
	if !ours && row.Epoch >= r.epoch.Load() {
		err = r.raise(ctx, row.Epoch)
	}
	return !ours && row.State == towpath.LedgerRunning, err
}

// leaseID is the ledger's row that says who may write there: see docs/adr/0005-executor.md.
func leaseID() towpath.MigrationID { return towpath.MigrationID{Type: towpath.TypeLease} }

// leaseText is the note in the lease's row for people who look into the table.
const leaseText = "who may write into this table, see epoch"

// leaseRow makes the lease's row: running while the run holds the target, done when it gives it back.
func (r *attempt) leaseRow(state towpath.LedgerState) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID: leaseID(), State: state, Description: leaseText, Epoch: r.epoch.Load(),
		ServerID: r.ServerID, DatabaseID: r.database.ID, StartedAt: *r.now(),
	}
}
