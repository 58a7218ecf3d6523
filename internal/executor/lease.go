package executor

import (
	"context"
	"sync/atomic"
	"time"

	"towpath"
	"towpath/internal/store"
)

// leaseText is the note in the lease's row for people who look at the table.
const leaseText = "who may write into this table, see epoch"

// leaseID identifies the lease's row in a ledger: see docs/adr/0005-executor.md.
func leaseID() towpath.MigrationID { return towpath.MigrationID{Type: towpath.TypeLease} }

// lease is the right to change one target. The metadata decides who holds it. Its epoch is written
// with every row of the ledger and decides whose writes count.
type lease struct {
	store      *store.Store
	databaseID string
	serverID   string        // of the metadata; written into ledgers
	owner      string        // of this lease only: two batches of one process never share one
	length     time.Duration // how long it lasts without a heartbeat
	epoch      atomic.Int64
}

// claim takes the lease with a new epoch. ok is false while another owner holds it.
func (l *lease) claim(ctx context.Context, tx *store.Tx) (ok bool, err error) {
	epoch, ok, err := tx.ClaimTarget(ctx, l.databaseID, l.owner, tx.Now.Add(l.length))
	if ok && err == nil {
		l.epoch.Store(epoch)
	}
	return ok, err
}

// extend makes the lease last for its whole length again. held is false when another owner has it.
func (l *lease) extend(ctx context.Context, tx *store.Tx) (held bool, err error) {
	return tx.ExtendTarget(ctx, l.databaseID, l.owner, l.epoch.Load(), tx.Now.Add(l.length))
}

// release gives the lease back.
func (l *lease) release(ctx context.Context, tx *store.Tx) error {
	return tx.ReleaseTarget(ctx, l.databaseID, l.owner, l.epoch.Load())
}

// raise lifts the epoch above one found in the ledger. Metadata that was restored from a backup has
// older epochs than its ledgers, which would refuse its writes. Holding the lease proves that
// nothing else runs.
func (l *lease) raise(ctx context.Context, found int64) error {
	if found < l.epoch.Load() {
		return nil
	}
	return l.store.Write(ctx, func(tx *store.Tx) error {
		d, err := tx.Database(ctx, l.databaseID)
		if err != nil {
			return err
		}
		if d.Lease.Owner != l.owner {
			return errLeaseLost
		}
		d.Lease.Epoch = found + 1
		l.epoch.Store(d.Lease.Epoch)
		return tx.UpdateDatabase(ctx, &d)
	})
}

// row is the lease's row in the ledger: running while the target is held, done when it is released.
func (l *lease) row(state towpath.LedgerState) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID: leaseID(),
		State:       state,
		Description: leaseText,
		Epoch:       l.epoch.Load(),
		ServerID:    l.serverID,
		DatabaseID:  l.databaseID,
		StartedAt:   l.now(),
	}
}

// migrationRow is a migration's row in the ledger.
func (l *lease) migrationRow(
	m towpath.Migration, commit string, state towpath.LedgerState,
) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID: m.MigrationID,
		State:       state,
		Description: m.Description,
		Path:        m.Path,
		Checksum:    m.Checksum,
		Commit:      commit,
		Epoch:       l.epoch.Load(),
		ServerID:    l.serverID,
		DatabaseID:  l.databaseID,
		StartedAt:   l.now(),
	}
}

// now is the metadata's time, in the precision of the metadata and the ledger.
func (l *lease) now() time.Time { return l.store.Now().UTC().Truncate(time.Microsecond) }
