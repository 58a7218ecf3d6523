package executor

import (
	"context"
	"errors"
	"fmt"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/store"
)

// Adopt takes over the ledger of a target that is a copy of another: its rows are rewritten as this database's own, so that
// what the copy holds counts as applied here. CodeConflict while a task changes the target; CodeUnavailable when it cannot
// be reached. A ledger that is its own already stays as it is.
func (s *Service) Adopt(ctx context.Context, actor towpath.Actor, databaseID string) error {
	ctx, cancel := context.WithTimeout(ctx, s.lease()) // so that the lease needs no heartbeat
	defer cancel()
	owner := s.Owner + "/" + store.NewID()
	var (
		d     towpath.Database
		i     towpath.Instance
		epoch int64
	)
	err := s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if d, err = tx.Database(ctx, databaseID); err != nil {
			return err
		}
		if i, err = tx.Instance(ctx, d.InstanceID); err != nil {
			return err
		}
		ok := false
		if epoch, ok, err = tx.ClaimTarget(ctx, databaseID, owner, tx.Now.Add(s.lease())); err != nil {
			return err
		}
		if !ok {
			return towpath.Errorf(towpath.CodeConflict, "A task is changing this database now. Try again when it is through.")
		}
		return tx.Audit(ctx, towpath.AuditEvent{MemberID: actor.Member.ID, Action: "ledger.adopt", Subject: d.ID, ProjectID: d.ProjectID,
			Detail: "take over the ledger found in " + i.Name + "/" + d.Name})
	})
	if err != nil {
		return fmt.Errorf("claim database: %w", err)
	}
	entries, epoch, failure := s.rewrite(ctx, i, d, epoch)
	return errors.Join(failure, s.adopted(context.WithoutCancel(ctx), d, owner, epoch, entries, failure == nil))
}

// rewrite makes the ledger's rows those of d. The epoch that it returns is as new as any row's.
func (s *Service) rewrite(ctx context.Context, i towpath.Instance, d towpath.Database, epoch int64) ([]towpath.LedgerEntry, int64, error) {
	e, target, err := s.reach(i, d.Name)
	if err != nil {
		return nil, epoch, err
	}
	unavailable := func(err error) error {
		return towpath.Errorf(towpath.CodeUnavailable, "The ledger cannot be taken over: %s", redact(err, target.Password))
	}
	db, err := e.Open(ctx, target)
	if err != nil {
		return nil, epoch, unavailable(err)
	}
	defer func() { _ = db.Close() }()
	entries, err := db.Ledger(ctx)
	if err != nil {
		return nil, epoch, unavailable(err)
	}
	for _, entry := range entries {
		epoch = max(epoch, entry.Epoch)
	}
	session, err := db.Begin(ctx, engine.SessionOptions{LockTimeout: s.lockTimeout(), StatementTimeout: s.statementTimeout()})
	if err != nil {
		return nil, epoch, unavailable(err)
	}
	defer func() { _ = session.Close() }()
	lease, found, err := session.Entry(ctx, leaseID())
	if err != nil {
		return nil, epoch, unavailable(err)
	}
	var foreign []towpath.LedgerEntry
	own := func(e towpath.LedgerEntry) towpath.LedgerEntry {
		e.DatabaseID, e.ServerID, e.Epoch = d.ID, s.ServerID, epoch
		return e
	}
	epoch = max(epoch, lease.Epoch)
	for n := range entries {
		if entries[n].DatabaseID != d.ID {
			entries[n] = own(entries[n])
			foreign = append(foreign, entries[n])
		}
	}
	if found && lease.DatabaseID != d.ID {
		lease.State = towpath.LedgerDone
		foreign = append(foreign, own(lease))
	}
	if len(foreign) == 0 {
		return entries, epoch, nil
	}
	if err := session.Record(ctx, foreign...); err != nil {
		return nil, epoch, unavailable(err)
	}
	if err := session.Commit(ctx); err != nil {
		return nil, epoch, unavailable(err)
	}
	return entries, epoch, nil
}

// adopted gives the target back, and after a success has the project planned anew with the ledger as it is.
func (s *Service) adopted(ctx context.Context, d towpath.Database, owner string, epoch int64, entries []towpath.LedgerEntry, ok bool) error {
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.Database(ctx, d.ID)
		if err != nil || now.Lease.Owner != owner {
			return err
		}
		now.Lease = towpath.Lease{Epoch: epoch}
		if err := tx.UpdateDatabase(ctx, &now); err != nil || !ok {
			return err
		}
		if err := tx.SetLedger(ctx, d.ID, towpath.LedgerSnapshot{At: &tx.Now, Entries: entries, Populated: now.Ledger.Populated && len(entries) == 0}); err != nil {
			return err
		}
		if now.ProjectID == "" {
			return nil
		}
		links, err := tx.Links(ctx, store.LinkFilter{ProjectID: now.ProjectID}, store.Page{Limit: 1000})
		if err != nil {
			return err
		}
		for _, l := range links {
			if err := tx.Enqueue(ctx, towpath.JobReconcile, l.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("finish taking over a ledger: %w", err)
	}
	return nil
}
