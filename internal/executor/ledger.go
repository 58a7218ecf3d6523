package executor

import (
	"context"
	"errors"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/seal"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// sealed is a session that seals what it records, and counts it in its turn's book.
type sealed struct {
	engine.Session
	batch *batch
	noTx  bool
}

// session begins a session in the target.
func (t *batch) session(ctx context.Context, o engine.SessionOptions) (engine.Session, error) {
	session, err := t.db.Begin(ctx, o)
	if err != nil {
		return nil, err
	}
	return &sealed{Session: session, batch: t, noTx: o.NoTx}, nil
}

// Record implements engine.Session.
func (s *sealed) Record(ctx context.Context, entries ...towpath.LedgerEntry) error {
	rows, written := s.batch.seal(entries)
	if err := s.Session.Record(ctx, rows...); err != nil {
		return err
	}
	return s.wrote(written)
}

// ExecRecord implements engine.Session.
func (s *sealed) ExecRecord(ctx context.Context, st statement.Statement, entries ...towpath.LedgerEntry) (int64, error) {
	rows, written := s.batch.seal(entries)
	n, err := s.Session.ExecRecord(ctx, st, rows...)
	if err != nil {
		return 0, err
	}
	return n, s.wrote(written)
}

var (
	_ engine.Resolver = (*sealed)(nil)
	_ engine.Talker   = (*sealed)(nil)
)

// Resolve implements engine.Resolver. Where the session is none, names mean the same in each.
func (s *sealed) Resolve(ctx context.Context, objects []statement.Object) ([]statement.Object, error) {
	if resolver, ok := s.Session.(engine.Resolver); ok {
		return resolver.Resolve(ctx, objects)
	}
	return objects, nil
}

// Notices implements engine.Talker.
func (s *sealed) Notices() towpath.Notices {
	if talker, ok := s.Session.(engine.Talker); ok {
		return talker.Notices()
	}
	return towpath.Notices{}
}

// wrote takes rows into the sum. Without a transaction they are in for good.
func (s *sealed) wrote(written func()) error {
	written()
	if s.noTx {
		s.batch.kept()
	}
	return nil
}

// seal seals rows. A lease alone needs no book: it is written before the ledger can be read by whoever takes over.
func (t *batch) seal(entries []towpath.LedgerEntry) ([]towpath.LedgerEntry, func()) {
	book := t.book
	if book == nil {
		book = seal.NewKeys(t.Keeper).NewBook(t.database.ID, 0)
	}
	return book.Write(entries...)
}

// kept notes that all that was recorded lasts. What is read again within the turn is not held to it: a server that is not set
// to be durable may lose its last second when it dies.
func (t *batch) kept() {
	if t.book != nil {
		t.newest.Store(&seal.Known{Number: t.book.Number(), Seal: t.book.Seal()})
	}
}

// load reads the target's ledger and checks it. A *terminalError when it is not believed: then nothing is to run.
func (t *batch) load(ctx context.Context) (towpath.Ledger, error) {
	l, err := t.db.Ledger(ctx)
	if err != nil {
		return l, err
	}
	found := seal.NewKeys(t.Keeper).Check(l, t.database.ID, t.known)
	if found.Trouble != "" {
		return l, terminate(towpath.TaskFailed, distrust(found))
	}
	if reason := foreignLedger(l, t.database.ID); !reason.IsZero() {
		return l, terminate(towpath.TaskFailed, reason)
	}
	t.book, t.reseal = found.Book, found.Reseal
	return l, nil
}

// distrust says why a ledger is not believed.
func distrust(found seal.Reading) towpath.Reason {
	if found.Trouble == towpath.LedgerRestored {
		return towpath.Why(towpath.ReasonRunRestored, "differs", found.Words())
	}
	return towpath.Why(towpath.ReasonRunTampered, "differs", found.Words())
}

// foreign says why nothing may run when a row of the ledger was written for another database; zero when it was not.
func foreign(e towpath.LedgerEntry, databaseID string) towpath.Reason {
	switch {
	case e.DatabaseID == databaseID:
		return towpath.Reason{}
	case e.Type == towpath.TypeLease:
		return towpath.Why(towpath.ReasonForeignLease, "database", e.DatabaseID)
	}
	return towpath.Why(towpath.ReasonForeignVersion, "version", e.Version, "database", e.DatabaseID)
}

// foreignLedger says why nothing may run when a ledger was written for another database; zero when it was not.
func foreignLedger(l towpath.Ledger, databaseID string) towpath.Reason {
	if l.Head != nil {
		return foreign(*l.Head, databaseID)
	}
	for _, e := range l.Entries {
		if reason := foreign(e, databaseID); !reason.IsZero() {
			return reason
		}
	}
	return towpath.Reason{}
}

// sealAll seals a ledger that has no seals yet, or those of an earlier key. held tells that another run has not given the
// ledger back.
func (r *attempt) sealAll(ctx context.Context) (held bool, err error) {
	session, err := r.session(ctx, engine.SessionOptions{LockTimeout: r.limits.Lock, StatementTimeout: r.limits.Statement})
	if err != nil {
		return false, err
	}
	defer func() { _ = session.Close() }()
	if held, err = r.enter(ctx, session); err != nil || held {
		return held, err
	}
	if err := session.Record(ctx, r.leaseRow(towpath.LedgerDone)); err != nil {
		return false, err
	}
	lease, _, err := session.Entry(ctx, leaseID()) // from here on, nobody else writes
	if err != nil {
		return false, err
	}
	l, err := r.load(ctx)
	if err != nil || !r.reseal {
		return false, err
	}
	for _, e := range l.Entries {
		if err := r.raise(ctx, e.Epoch-1); err != nil {
			return false, err
		}
	}
	lease.Epoch = r.epoch.Load()
	book := seal.NewKeys(r.Keeper).NewBook(r.database.ID, r.known.Number)
	rows, written := book.Whole(append(l.Entries, lease)...)
	if err := errors.Join(session.Replace(ctx, rows...), session.Commit(ctx)); err != nil {
		return false, err
	}
	written()
	r.book, r.reseal = book, false
	r.kept()
	r.logger().InfoContext(ctx, "ledger sealed", "database", r.database.ID, "rows", len(l.Entries), "key", r.Keeper.KeyID(), "before", sealedBefore(l))
	return false, nil
}

// sealedBefore says for the log what a ledger was sealed with.
func sealedBefore(l towpath.Ledger) string {
	if l.Head == nil {
		return "without seals"
	}
	return "with an earlier key"
}

// noteLedger keeps in the metadata how far the ledger has come, so that an earlier state of it is noticed.
func (t *batch) noteLedger(ctx context.Context, tx *store.Tx) error {
	newest := t.newest.Load()
	if newest == nil || newest.Number == 0 {
		return nil
	}
	return tx.NoteLedgerHead(ctx, t.database.ID, newest.Number, newest.Seal)
}

// tampered ends a run whose change was committed, and the ledger changed with it.
func (r *attempt) tampered(ctx context.Context, failure error) outcome {
	reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	err := r.connect(reading)
	if err == nil {
		_, err = r.load(reading)
	}
	var unreadable towpath.Reason
	if err != nil {
		unreadable = r.reasonOf(err)
	}
	out := outcome{state: towpath.TaskUnknown, reason: towpath.Why(towpath.ReasonTamperedCommit).From(unreadable, r.reasonOf(failure))}
	switch {
	case r.at.ran && r.noTx:
		out.extent = towpath.ExtentNext
	case r.at.ran:
		out.extent, r.at.kept = towpath.ExtentKept, int(r.total.Load())
	}
	return out
}
