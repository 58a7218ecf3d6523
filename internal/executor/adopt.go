package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/seal"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// Adopt takes over the ledger of a target that is a copy of another: its rows are rewritten as this database's own, so that
// what the copy holds counts as applied here. CodeConflict while a task changes the target, or when the ledger is not believed;
// CodeUnavailable when it cannot be reached. A ledger that is its own already stays as it is.
func (s *Service) Adopt(ctx context.Context, actor towpath.Actor, databaseID string) error {
	return s.takeLedger(ctx, actor, databaseID, taking{action: "ledger.adopt", detail: "take over the ledger found in"})
}

// AcceptLedger takes a ledger as it is that other hands have changed, or that is an earlier state of itself: its rows are
// sealed as they stand. CodeConflict while a task changes the target, or when the table itself is not as the server makes
// it; CodeUnavailable when it cannot be reached. A ledger that is believed stays as it is.
func (s *Service) AcceptLedger(ctx context.Context, actor towpath.Actor, databaseID string) error {
	return s.takeLedger(ctx, actor, databaseID, taking{action: "ledger.accept", detail: "accept the ledger as it is in", distrusted: true})
}

// taking is what a person wants to be done with a ledger.
type taking struct {
	action, detail string // for the audit
	distrusted     bool   // also one that is not believed
}

// claimed is a target whose lease is ours.
type claimed struct {
	towpath.Database
	instance towpath.Instance
	owner    string
	epoch    int64
}

func (s *Service) takeLedger(ctx context.Context, actor towpath.Actor, databaseID string, want taking) error {
	ctx, cancel := context.WithTimeout(ctx, s.lease()) // so that the lease needs no heartbeat
	defer cancel()
	c := claimed{owner: s.Owner + "/" + store.NewID()}
	err := s.Store.Write(ctx, func(tx *store.Tx) (err error) {
		if c.Database, err = tx.Database(ctx, databaseID); err != nil {
			return err
		}
		if c.instance, err = tx.Instance(ctx, c.InstanceID); err != nil {
			return err
		}
		ok := false
		if c.epoch, ok, err = tx.ClaimTarget(ctx, databaseID, c.owner, tx.Now.Add(s.lease())); err != nil {
			return err
		}
		if !ok {
			return towpath.Errorf(towpath.CodeConflict, "A task is changing this database now. Try again when it has finished.")
		}
		detail := want.detail + " " + c.instance.Name + "/" + c.Name
		if c.Ledger.Trouble != "" {
			detail += " (" + string(c.Ledger.Trouble) + ": " + c.Ledger.Differs + ")"
		}
		return tx.Audit(ctx, towpath.AuditEvent{MemberID: actor.Member.ID, Action: want.action, Subject: c.ID, ProjectID: c.ProjectID, Detail: detail})
	})
	if err != nil {
		return fmt.Errorf("claim database: %w", err)
	}
	snapshot, failure := s.rewrite(ctx, &c, want)
	return errors.Join(failure, s.taken(context.WithoutCancel(ctx), c, snapshot, failure == nil))
}

// rewrite makes the ledger's rows those of the database, and seals them. The claim's epoch is as new as any row's then.
func (s *Service) rewrite(ctx context.Context, c *claimed, want taking) (towpath.LedgerSnapshot, error) {
	var none towpath.LedgerSnapshot
	e, target, err := s.reach(c.instance, c.Name)
	if err != nil {
		return none, err
	}
	unavailable := func(err error) error {
		return towpath.Errorf(towpath.CodeUnavailable, "The ledger cannot be taken over: %s", wording.Text(reasonOf(err, target.Password)))
	}
	db, err := e.Open(ctx, target)
	if err != nil {
		return none, unavailable(err)
	}
	defer func() { _ = db.Close() }()
	before, err := db.Ledger(ctx)
	if err != nil {
		return none, unavailable(err)
	}
	if err := refuseTaking(before, s.check(before, c.Database), want); err != nil {
		return none, err
	}
	session, err := db.Begin(ctx, engine.SessionOptions{LockTimeout: s.lockTimeout(), StatementTimeout: s.statementTimeout()})
	if err != nil {
		return none, unavailable(err)
	}
	defer func() { _ = session.Close() }()
	l, err := db.Ledger(ctx)
	if err != nil {
		return none, unavailable(err)
	}
	found := s.check(l, c.Database)
	if err := refuseTaking(l, found, want); err != nil {
		return none, err
	}
	if found.Trouble == "" && (found.Book != nil || found.Reseal) && foreignLedger(l, c.ID).IsZero() && (l.Lease == nil || l.Lease.DatabaseID == c.ID) {
		return towpath.LedgerSnapshot{Entries: l.Entries, Number: found.Number, Seal: found.Seal}, nil
	}
	rows, book := s.own(l, c)
	if err := errors.Join(session.Replace(ctx, rows...), session.Commit(ctx)); err != nil {
		return none, unavailable(err)
	}
	return towpath.LedgerSnapshot{Entries: migrationsOf(rows), Number: book.Number(), Seal: book.Seal()}, nil
}

func (s *Service) check(l towpath.Ledger, d towpath.Database) seal.Reading {
	return seal.NewKeys(s.Keeper).Check(l, d.ID, seal.Known{Number: d.Ledger.Number, Seal: d.Ledger.Seal, Entries: d.Ledger.Entries})
}

// refuseTaking says why a ledger cannot be taken as it is.
func refuseTaking(l towpath.Ledger, found seal.Reading, want taking) error {
	switch {
	case len(l.Shape) > 0:
		return towpath.Errorf(towpath.CodeConflict, "The ledger's table is not as the server makes it: %s. Put that right in the database first.", found.Words())
	case found.Trouble != "" && !want.distrusted:
		return towpath.Errorf(towpath.CodeConflict, "The ledger is not believed: %s. Accept it as it is first, or put it right in the database.", found.Words())
	}
	return nil
}

// sane bounds the numbers that are taken from rows that anybody can have written.
const sane = 1_000_000_000

// own makes all rows the database's own, with a lease that is free, and counts on from the newest write that is known of.
func (s *Service) own(l towpath.Ledger, c *claimed) ([]towpath.LedgerEntry, *seal.Book) {
	after := c.Ledger.Number
	if l.Head != nil && l.Head.Number < sane {
		after = max(after, l.Head.Number)
	}
	lease := towpath.LedgerEntry{MigrationID: leaseID(), Description: leaseText, StartedAt: s.Store.Now().UTC().Truncate(time.Microsecond)}
	rows := append([]towpath.LedgerEntry{lease}, l.Entries...)
	if l.Lease != nil {
		rows = append(rows[1:], *l.Lease)
	}
	for _, e := range rows {
		if e.Epoch < sane {
			c.epoch = max(c.epoch, e.Epoch)
		}
	}
	for i := range rows {
		if rows[i].DatabaseID != c.ID {
			rows[i].ServerID = s.ServerID
		}
		rows[i].DatabaseID, rows[i].Epoch = c.ID, c.epoch
		if rows[i].Type == towpath.TypeLease {
			rows[i].State = towpath.LedgerDone
		}
	}
	book := seal.NewKeys(s.Keeper).NewBook(c.ID, after)
	sealed, written := book.Whole(rows...)
	written()
	return sealed, book
}

// migrationsOf leaves the lease and the head out.
func migrationsOf(rows []towpath.LedgerEntry) []towpath.LedgerEntry {
	var l towpath.Ledger
	l.Sort(rows)
	return l.Entries
}

// taken releases the target, and after a success schedules a plan from the ledger as it is now.
func (s *Service) taken(ctx context.Context, c claimed, snapshot towpath.LedgerSnapshot, ok bool) error {
	err := s.Store.Write(ctx, func(tx *store.Tx) error {
		now, err := tx.Database(ctx, c.ID)
		if err != nil || now.Lease.Owner != c.owner {
			return err
		}
		now.Lease = towpath.Lease{Epoch: c.epoch}
		if err := tx.UpdateDatabase(ctx, &now); err != nil || !ok {
			return err
		}
		snapshot.At, snapshot.Populated = &tx.Now, now.Ledger.Populated && len(snapshot.Entries) == 0
		if err := tx.SetLedger(ctx, c.ID, snapshot); err != nil {
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
