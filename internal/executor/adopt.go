package executor

import (
	"context"
	"errors"
	"fmt"

	"towpath"
	"towpath/internal/seal"
	"towpath/internal/statement"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// Adopt claims the ledger of a target that is a copy of another: it rewrites the rows for this
// database, so that the migrations in the copy count as applied here. CodeConflict while a task
// changes the target, or when the ledger cannot be trusted; CodeUnavailable when it cannot be
// reached. A ledger that already belongs to the database stays as it is.
func (s *Service) Adopt(ctx context.Context, actor towpath.Actor, databaseID string) error {
	how := adoption{act: towpath.ActLedgerAdopt}
	return s.withDefaults().adopt(ctx, actor, databaseID, how)
}

// AcceptLedger accepts a ledger that somebody else has changed, or that is an earlier state of
// itself: it seals the rows as they are. CodeConflict while a task changes the target, or when the
// table has another shape than the server creates; CodeUnavailable when it cannot be reached. A
// ledger that can be trusted stays as it is.
func (s *Service) AcceptLedger(ctx context.Context, actor towpath.Actor, databaseID string) error {
	how := adoption{act: towpath.ActLedgerAccept, distrusted: true}
	return s.withDefaults().adopt(ctx, actor, databaseID, how)
}

// Import records migrations that another tool has applied to a database, all in one transaction, and
// runs nothing. Migrations that the ledger has stay as they are. CodeConflict while a task changes
// the target, or when its ledger belongs to another database or cannot be trusted; CodeUnavailable
// when it cannot be reached.
func (s *Service) Import(
	ctx context.Context, actor towpath.Actor, databaseID string, list []towpath.ImportedMigration,
) error {
	if len(list) == 0 {
		return nil
	}
	how := adoption{act: towpath.ActHistoryImport, imported: list}
	return s.withDefaults().adopt(ctx, actor, databaseID, how)
}

func (s *Service) adopt(ctx context.Context, actor towpath.Actor, databaseID string, how adoption) error {
	ctx, cancel := context.WithTimeout(ctx, s.Lease) // so that the lease needs no heartbeat
	defer cancel()
	h := heldTarget{lease: s.newLease(databaseID)}
	err := s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if h.Database, err = tx.Database(ctx, databaseID); err != nil {
			return err
		}
		if h.instance, err = tx.Instance(ctx, h.InstanceID); err != nil {
			return err
		}
		ok, err := h.lease.claim(ctx, tx)
		if err != nil {
			return err
		}
		if !ok {
			return towpath.Errorf(towpath.CodeConflict,
				"A task is changing this database now. Try again when it has finished.")
		}
		for _, act := range how.acts(actor, h) {
			act.Causes = h.Ledger.Differs
			tx.Emit(act)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("claim database: %w", err)
	}
	claimed, failure := s.rewrite(ctx, h, how)
	return errors.Join(failure, s.finishAdoption(context.WithoutCancel(ctx), h, claimed, failure == nil))
}

// claimedLedger is a ledger after its rows were claimed.
type claimedLedger struct {
	towpath.LedgerSnapshot
	imported []towpath.LedgerEntry // the rows that were not there before
}

// rewrite makes the ledger's rows belong to the database, and seals them. It raises the lease's
// epoch to the newest of the rows.
func (s *Service) rewrite(ctx context.Context, h heldTarget, how adoption) (claimedLedger, error) {
	var none claimedLedger
	e, address, err := s.reach(h.instance, h.Name)
	if err != nil {
		return none, err
	}
	unavailable := func(err error) error {
		return towpath.Errorf(towpath.CodeUnavailable,
			"The ledger cannot be adopted: %s", wording.Text(reasonOf(err, address.Password)))
	}
	db, err := e.Open(ctx, address)
	if err != nil {
		return none, unavailable(err)
	}
	defer func() { _ = db.Close() }()
	before, err := db.Ledger(ctx)
	if err != nil {
		return none, unavailable(err)
	}
	if err := refuseAdoption(before, s.check(before, h.Database), how, h.ID); err != nil {
		return none, err
	}
	limits := statement.Limits{Lock: s.LockTimeout, Statement: s.StatementTimeout}
	session, err := db.Begin(ctx, within(limits))
	if err != nil {
		return none, unavailable(err)
	}
	defer func() { _ = session.Close() }()
	l, err := db.Ledger(ctx)
	if err != nil {
		return none, unavailable(err)
	}
	found := s.check(l, h.Database)
	if err := refuseAdoption(l, found, how, h.ID); err != nil {
		return none, err
	}
	added := h.importedRows(l, how.imported)
	if len(added) == 0 && isOwn(l, found, h.ID) {
		own := towpath.LedgerSnapshot{Entries: l.Entries, Number: found.Number, Seal: found.Seal}
		return claimedLedger{LedgerSnapshot: own}, nil
	}
	l.Entries = append(l.Entries, added...)
	rows, book := s.claimRows(l, h)
	if err := errors.Join(session.Replace(ctx, rows...), session.Commit(ctx)); err != nil {
		return none, unavailable(err)
	}
	now := towpath.LedgerSnapshot{Entries: migrationsOf(rows), Number: book.Number(), Seal: book.Seal()}
	return claimedLedger{LedgerSnapshot: now, imported: added}, nil
}

func (s *Service) check(l towpath.Ledger, d towpath.Database) seal.Reading {
	known := seal.Known{Number: d.Ledger.Number, Seal: d.Ledger.Seal, Entries: d.Ledger.Entries}
	return seal.NewKeys(s.Keyring).Check(l, d.ID, known)
}

// isOwn reports whether a ledger belongs to the database and can be trusted.
func isOwn(l towpath.Ledger, found seal.Reading, databaseID string) bool {
	return found.Trouble == "" && (found.Book != nil || found.Reseal) &&
		foreignLedger(l, databaseID).IsZero() && (l.Lease == nil || l.Lease.DatabaseID == databaseID)
}

// refuseAdoption explains why a ledger cannot be claimed.
func refuseAdoption(l towpath.Ledger, found seal.Reading, how adoption, databaseID string) error {
	switch {
	case len(l.Shape) > 0:
		return towpath.Errorf(towpath.CodeConflict,
			"The ledger's table is not as Towpath creates it: %s. Correct it in the database first.",
			wording.Fragments(found.Differs))
	case found.Trouble != "" && !how.distrusted:
		return towpath.Errorf(towpath.CodeConflict,
			"The ledger cannot be trusted: %s. Accept it first, or correct it in the database.",
			wording.Fragments(found.Differs))
	case len(how.imported) > 0 && !foreignLedger(l, databaseID).IsZero():
		return towpath.Errorf(towpath.CodeConflict,
			"The ledger belongs to another database, of which this one is a copy. Adopt the ledger first.")
	}
	return nil
}

// maxTrusted is the largest number that is accepted from rows which anybody may have written.
const maxTrusted = 1_000_000_000

// claimRows makes all rows belong to the database, with a released lease. Numbers continue after the
// newest known write.
func (s *Service) claimRows(l towpath.Ledger, h heldTarget) ([]towpath.LedgerEntry, *seal.Book) {
	after := h.Ledger.Number
	if l.Head != nil && l.Head.Number < maxTrusted {
		after = max(after, l.Head.Number)
	}
	lease := towpath.LedgerEntry{MigrationID: leaseID(), Description: leaseText, StartedAt: h.lease.now()}
	rows := append([]towpath.LedgerEntry{lease}, l.Entries...)
	if l.Lease != nil {
		rows = append(rows[1:], *l.Lease)
	}
	epoch := h.lease.epoch.Load()
	for _, e := range rows {
		if e.Epoch < maxTrusted {
			epoch = max(epoch, e.Epoch)
		}
	}
	h.lease.epoch.Store(epoch)
	for i := range rows {
		if rows[i].DatabaseID != h.ID {
			rows[i].ServerID = s.ServerID
		}
		rows[i].DatabaseID = h.ID
		rows[i].Epoch = epoch
		if rows[i].Type == towpath.TypeLease {
			rows[i].State = towpath.LedgerDone
		}
	}
	book := seal.NewKeys(s.Keyring).NewBook(h.ID, after)
	sealed, written := book.Whole(rows...)
	written()
	return sealed, book
}

// migrationsOf returns the rows without the lease and the head.
func migrationsOf(rows []towpath.LedgerEntry) []towpath.LedgerEntry {
	var l towpath.Ledger
	l.Sort(rows)
	return l.Entries
}

// finishAdoption releases the target, and after a success schedules a plan from the ledger as it is
// now.
func (s *Service) finishAdoption(
	ctx context.Context, h heldTarget, claimed claimedLedger, ok bool,
) error {
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.Database(ctx, h.ID)
		if err != nil || now.Lease.Owner != h.lease.owner {
			return err
		}
		now.Lease = towpath.Lease{Epoch: h.lease.epoch.Load()}
		if err := tx.UpdateDatabase(ctx, &now); err != nil || !ok {
			return err
		}
		if err := addImported(ctx, tx, h, claimed.imported); err != nil {
			return err
		}
		snapshot := claimed.LedgerSnapshot
		snapshot.At = &tx.Now
		snapshot.Populated = now.Ledger.Populated && len(snapshot.Entries) == 0
		if err := tx.SetLedger(ctx, h.ID, snapshot); err != nil {
			return err
		}
		if now.ProjectID == "" {
			return nil
		}
		return tx.WakeLinks(ctx, now.ProjectID, "")
	})
	if err != nil {
		return fmt.Errorf("finish taking over a ledger: %w", err)
	}
	return nil
}
