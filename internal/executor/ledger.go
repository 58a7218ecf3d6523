package executor

import (
	"context"
	"errors"
	"sync/atomic"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/seal"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// ledger is the state that a batch keeps about the ledger of its target.
type ledger struct {
	keys       *seal.Keys
	keyID      string // of the key in use
	databaseID string
	known      seal.Known                 // the metadata's record when the batch began
	book       *seal.Book                 // running sum of the rows; nil until the ledger was read
	unsealed   bool                       // genuine, but without seals of the key in use
	newest     atomic.Pointer[seal.Known] // the newest write of this batch; the heartbeat reads it
}

// accept checks a ledger after reading. It returns a *terminalError when the ledger cannot be
// trusted: nothing may run.
func (l *ledger) accept(read towpath.Ledger) error {
	found := l.keys.Check(read, l.databaseID, l.known)
	if found.Trouble != "" {
		return terminate(towpath.TaskFailed, distrust(found))
	}
	if reason := foreignLedger(read, l.databaseID); !reason.IsZero() {
		return terminate(towpath.TaskFailed, reason)
	}
	l.book = found.Book
	l.unsealed = found.Reseal
	return nil
}

// seal seals rows. A lease's row needs no book: a takeover writes it before it can read the ledger.
func (l *ledger) seal(entries []towpath.LedgerEntry) ([]towpath.LedgerEntry, func()) {
	book := l.book
	if book == nil {
		book = l.keys.NewBook(l.databaseID, 0)
	}
	return book.Write(entries...)
}

// replace seals all rows in a separate transaction, with the key in use.
func (l *ledger) replace(ctx context.Context, session engine.Session, entries []towpath.LedgerEntry) error {
	book := l.keys.NewBook(l.databaseID, l.known.Number)
	rows, written := book.Whole(entries...)
	if err := errors.Join(session.Replace(ctx, rows...), session.Commit(ctx)); err != nil {
		return err
	}
	written()
	l.book = book
	l.unsealed = false
	l.committed()
	return nil
}

// committed notes that everything recorded so far is durable. Later readings of the same batch are
// not compared with it: a server that is not configured to be durable may lose its last second when
// it dies.
func (l *ledger) committed() {
	if l.book != nil {
		l.newest.Store(&seal.Known{Number: l.book.Number(), Seal: l.book.Seal()})
	}
}

// note writes the ledger's newest number into the metadata, so that an earlier state is detected.
func (l *ledger) note(ctx context.Context, tx *store.Tx) error {
	newest := l.newest.Load()
	if newest == nil || newest.Number == 0 {
		return nil
	}
	return tx.NoteLedgerHead(ctx, l.databaseID, newest.Number, newest.Seal)
}

// sealedSession is a session that seals the rows that it records.
type sealedSession struct {
	engine.Session
	ledger *ledger
	noTx   bool
}

var (
	_ engine.Resolver = (*sealedSession)(nil)
	_ engine.Talker   = (*sealedSession)(nil)
)

// Record implements engine.Session.
func (s *sealedSession) Record(ctx context.Context, entries ...towpath.LedgerEntry) error {
	rows, written := s.ledger.seal(entries)
	if err := s.Session.Record(ctx, rows...); err != nil {
		return err
	}
	s.wrote(written)
	return nil
}

// ExecRecord implements engine.Session.
func (s *sealedSession) ExecRecord(
	ctx context.Context, st statement.Statement, entries ...towpath.LedgerEntry,
) (int64, error) {
	rows, written := s.ledger.seal(entries)
	n, err := s.Session.ExecRecord(ctx, st, rows...)
	if err != nil {
		return 0, err
	}
	s.wrote(written)
	return n, nil
}

// expectNone makes the server check that a migration has no row, where the book has none. It returns
// false when the row must be read.
func (s *sealedSession) expectNone(id towpath.MigrationID) bool {
	expecter, ok := s.Session.(engine.Expecter)
	if !ok || s.noTx || s.ledger.book == nil || s.ledger.book.Has(id) {
		return false
	}
	expecter.ExpectNone(id)
	return true
}

// Resolve implements engine.Resolver. Without one in the session, a name means the same in every
// session.
func (s *sealedSession) Resolve(ctx context.Context, objects []schema.Object) ([]schema.Object, error) {
	if resolver, ok := s.Session.(engine.Resolver); ok {
		return resolver.Resolve(ctx, objects)
	}
	return objects, nil
}

// Notices implements engine.Talker.
func (s *sealedSession) Notices() towpath.Notices {
	if talker, ok := s.Session.(engine.Talker); ok {
		return talker.Notices()
	}
	return towpath.Notices{}
}

// wrote adds rows to the sum. Without a transaction they are durable at once.
func (s *sealedSession) wrote(written func()) {
	written()
	if s.noTx {
		s.ledger.committed()
	}
}

// distrust explains why a ledger cannot be trusted.
func distrust(found seal.Reading) towpath.Reason {
	if found.Trouble == towpath.LedgerRestored {
		return towpath.Why(towpath.ReasonRunRestored).From(found.Differs...)
	}
	return towpath.Why(towpath.ReasonRunTampered).From(found.Differs...)
}

// foreignRow explains why nothing may run when a row was written for another database; zero when it
// was not.
func foreignRow(e towpath.LedgerEntry, databaseID string) towpath.Reason {
	switch {
	case e.DatabaseID == databaseID:
		return towpath.Reason{}
	case e.Type == towpath.TypeLease:
		return towpath.Why(towpath.ReasonForeignLease, "database", e.DatabaseID)
	}
	return towpath.Why(towpath.ReasonForeignVersion, "version", e.Version, "database", e.DatabaseID)
}

// foreignLedger does the same for a whole ledger.
func foreignLedger(l towpath.Ledger, databaseID string) towpath.Reason {
	if l.Head != nil {
		return foreignRow(*l.Head, databaseID)
	}
	for _, e := range l.Entries {
		if reason := foreignRow(e, databaseID); !reason.IsZero() {
			return reason
		}
	}
	return towpath.Reason{}
}
