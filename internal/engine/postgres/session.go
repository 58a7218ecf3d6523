package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"towpath"
	dialect "towpath/internal/dialect/postgres"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

type session struct {
	db       *database
	conn     *connection
	options  engine.SessionOptions
	queued   []call               // own statements to send with the next ones
	place    string               // of the ledger, at the last check
	ledgerAt *mark                // at the last check in this transaction
	written  int64                // own rows of the ledger since
	outside  *int64               // changes outside of the database, at the last check in this transaction
	ran      bool                 // a statement of a script, in this transaction
	last     []call               // rows of the ledger to write after the script
	head     *towpath.LedgerEntry // the last recorded one; nil for none
	newest   towpath.LedgerEntry  // recorded together with it
	seen     error                // by the check after the commit
	catalogs changes              // in this transaction
	calm     bool                 // it has committed, and changed no catalog
	role     string               // the session's current role
	verb     string               // of the last statement
	roles    bool                 // the last statement was about roles, and allowed
	inside   bool                 // one of our short transactions, in a session without one
	notices  towpath.Notices      // of the last statement
	quiet    bool                 // a script has chosen which messages it gets
	observer *observer            // nil unless somebody wants to know what statements do
	broken   error                // why the session is unusable; nil while it is usable
	closed   bool
}

var (
	_ engine.Session  = (*session)(nil)
	_ engine.Expecter = (*session)(nil)
)

func (s *session) begin(ctx context.Context) error {
	s.conn.dirty = true
	if err := s.conn.prepare(ctx, milliseconds(s.options.LockTimeout), s.limit().text, s.db.upsertText(),
		s.db.entryText(), s.db.absentText(), s.db.afterText(), guardText, lastGuardText, catalogText); err != nil {
		return err
	}
	if s.options.NoTx {
		if s.conn.pooled {
			return nil // the settings would belong to another session
		}
		s.queued = append(s.queued, s.limit())
		return nil
	}
	s.queued = append(s.queued, call{text: "BEGIN READ WRITE"}, s.limit())
	if s.db.follows() {
		s.queued = append(s.queued, s.catalogs.start())
	}
	if s.conn.pooled {
		return s.send(ctx, s.conn.identify())
	}
	return nil
}

// limit sets the limits and checks the ledger, at the start and after each statement: a function
// can change them without the splitter seeing it. In a transaction they end with it, because behind
// a pooler another client has the session next. A client that dies leaves its session idle in a
// transaction with locks: the server ends it.
func (s *session) limit() call {
	return call{
		text: `SELECT pg_catalog.set_config('lock_timeout', $1, $3),
			pg_catalog.set_config('statement_timeout', $2, $3),
			pg_catalog.set_config('idle_in_transaction_session_timeout', '10min',
			$3), ` + restored + `, ` + outsideMark + `, ` + ledgerMark + `pg_catalog.to_regclass($4))`,
		args: []any{
			milliseconds(s.options.LockTimeout), milliseconds(s.options.StatementTimeout),
			!s.options.NoTx || s.inside, s.db.ledger,
		},
		scan: func(row pgx.Row) error {
			var lock, statement, idle, strings, encoding, outside string
			var ledger *string
			if err := row.Scan(&lock, &statement, &idle, &strings, &encoding, &outside, &ledger); err != nil {
				return err
			}
			return errors.Join(s.look(ledger), s.lookOutside(outside))
		},
	}
}

// milliseconds rounds up, since the server reads 0 as no limit.
func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%dms", (d+time.Millisecond-1)/time.Millisecond)
}

// Identity implements engine.Session: "<pid> since <microseconds of backend_start>".
func (s *session) Identity() string { return s.conn.identity }

// Exec implements engine.Session.
func (s *session) Exec(ctx context.Context, st statement.Statement) (int64, error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	alone := s.options.NoTx && !s.inside
	if s.conn.pooled && alone {
		return 0, &engine.Error{
			Kind: engine.Refused,
			Message: "behind a connection pooler nothing can run without a transaction, " +
				"since each statement " +
				"may run in another session: use the server's own address, or set the instance's " +
				"option pooler to session where the pooler is in that mode",
		}
	}
	if alone && composes(st.Verb) {
		rows, err := s.whole(ctx, st)
		if !commitsWithin(st, err) {
			return rows, err
		}
	}
	if alone {
		s.queued = append(s.queued, s.limit())
		if s.conn.whole {
			s.queued = append(s.queued, s.conn.stayed())
		}
	}
	if alone || st.Roles != nil || s.observer != nil { // otherwise the statement goes with what is queued
		if err := s.send(ctx); err != nil {
			return 0, s.fail(err)
		}
	}
	if err := s.vet(ctx, st); err != nil {
		return 0, s.fail(err)
	}
	before, err := s.sum(ctx, st)
	if err != nil {
		return 0, s.fail(err)
	}
	outside, err := s.sumOutside(ctx, st)
	if err != nil {
		return 0, s.fail(err)
	}
	s.ran = true
	tag, err := s.observed(ctx, st)
	if err != nil {
		return 0, err
	}
	if err := s.same(ctx, st, before, outside); err != nil {
		return 0, s.failBehind(err)
	}
	if tag.Select() {
		return 0, nil
	}
	return tag.RowsAffected(), nil
}

// same compares the ledger, and the outside, with their state before a statement.
func (s *session) same(ctx context.Context, st statement.Statement, ledger, outside string) error {
	after, err := s.sum(ctx, st)
	if err != nil {
		return err
	}
	if err := compare(ledger, after); err != nil {
		return err
	}
	if after, err = s.sumOutside(ctx, st); err != nil {
		return err
	}
	if err := compareOutside(outside, after); err != nil {
		return err
	}
	return s.samePassword(ctx, st)
}

// whole runs a statement that may build SQL in a transaction of ours: forbidden changes are
// detected exactly, and undone.
func (s *session) whole(ctx context.Context, st statement.Statement) (rows int64, err error) {
	err = s.short(ctx, func() error {
		if rows, err = s.Exec(ctx, st); err != nil {
			return err
		}
		return s.finish(ctx, nil)
	})
	s.queued = append(s.queued, s.limit()) // its SET has outlived the transaction
	return rows, err
}

// commitsWithin reports whether a statement failed, and was undone, in a transaction of ours
// because it ends transactions itself or sets their characteristics.
func commitsWithin(st statement.Statement, err error) bool {
	var said *pgconn.PgError
	return (st.Verb == "CALL" || st.Verb == "DO") && errors.As(err, &said) &&
		(said.Code == "2D000" || said.Code == "25001")
}

// run runs one statement within the limit, and watches what it waits for.
func (s *session) run(ctx context.Context, st statement.Statement) (tag pgconn.CommandTag, err error) {
	if s.options.StatementTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.options.StatementTimeout+time.Second)
		defer cancel()
	}
	blockers, stop := s.watch(ctx)
	defer stop()
	s.conn.discarding(true)
	defer s.conn.discarding(false)
	s.notices = towpath.Notices{}
	h, deaf := s.conn.listen(&s.notices)
	defer deaf()
	s.verb, s.roles = st.Verb, st.Roles != nil
	calls, look := []call{{text: runs(st), tag: &tag}}, postCondition(st)
	hears, found := s.hears(st), true
	s.quiet = s.quiet || saysMessages.MatchString(st.Text)
	var before []call
	altered, conditional := dialect.Reader().ReadIfExists(st)
	if conditional {
		before = s.finds(altered, &found)
	}
	if hears {
		before = append(before, s.hear())
		look = append([]call{s.stopHearing()}, look...)
	}
	if s.inTransaction() {
		calls = slices.Concat(before, s.asOwner(append(calls, look...)...), []call{s.limit()})
		look = nil
	} else { // by itself: without a transaction, nothing is sent with it
		if err := s.send(ctx, append(before, s.becomeOwner()...)...); err != nil {
			return tag, s.fail(err)
		}
		look = append(look, s.stopBeingOwner()...)
	}
	if err := s.send(ctx, calls...); err != nil {
		s.giveUpOwner(ctx)
		mapped := mapError(err)
		if mapped.Kind == engine.Locked && isLockTimeout(err) {
			mapped.Message += blockers()
		}
		return tag, s.fail(mapped)
	}
	if err := s.stillInTransaction(); err != nil {
		return tag, err
	}
	if err := s.send(ctx, look...); err != nil {
		s.giveUpOwner(ctx)
		return tag, s.failBehind(err)
	}
	deaf()
	if !found {
		s.notices.Begin(towpath.NoticeSkipped, engine.Skipped([]string{"there is no " + altered}))
	}
	if err := s.weigh(ctx, st, h); err != nil {
		s.giveUpOwner(ctx)
		return tag, s.failBehind(err)
	}
	return tag, nil
}

// stillInTransaction detects a statement that has ended our transaction.
func (s *session) stillInTransaction() error {
	if (s.options.NoTx && !s.inside) == (s.conn.PgConn().TxStatus() == 'I') {
		return nil
	}
	s.broken = &engine.Error{Kind: engine.Refused, Message: "the statement began or ended a transaction"}
	return s.broken
}

// fail records that an error ends a transaction.
func (s *session) fail(err error) error {
	mapped := mapError(err)
	if help := wayOut(err, s.verb); help != "" && !s.options.NoTx {
		mapped = &engine.Error{Kind: mapped.Kind, Message: mapped.Message + ". " + help, Err: err}
	}
	if mapped.Kind == engine.Lost || !s.options.NoTx {
		s.broken = &engine.Error{Kind: mapped.Kind, Message: "the session has failed before: " +
			mapped.Message, Err: err}
	}
	return mapped
}

// failBehind is fail for a check after a statement.
func (s *session) failBehind(err error) error {
	if s.inTransaction() {
		return s.fail(err)
	}
	return s.fail(engine.Behind(mapError(err)))
}

func (s *session) usable() error {
	if s.closed {
		return &engine.Error{Kind: engine.Failed, Message: "the session is over"}
	}
	return s.broken
}

// Entry implements engine.Session.
func (s *session) Entry(
	ctx context.Context, id towpath.MigrationID,
) (entry towpath.LedgerEntry, found bool, err error) {
	if err := s.usable(); err != nil {
		return entry, false, err
	}
	s.queued, s.last = append(s.queued, s.last...), nil
	err = s.send(ctx, call{
		text: s.db.entryText(),
		args: []any{id.Version, string(id.Type)},
		scan: func(row pgx.Row) (err error) {
			entry, err = scanEntry(row)
			if found = err == nil; errors.Is(err, pgx.ErrNoRows) {
				return nil
			}
			return err
		},
	})
	if err != nil {
		return towpath.LedgerEntry{}, false, s.fail(err)
	}
	return entry, found, nil
}

// Record implements engine.Session.
func (s *session) Record(ctx context.Context, entries ...towpath.LedgerEntry) error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.options.NoTx {
		return s.short(ctx, func() error {
			s.note(entries)
			return s.finish(ctx, s.upserts(entries))
		})
	}
	s.note(entries)
	if s.ran {
		s.last = append(s.last, s.upserts(entries)...)
	} else {
		s.queued = append(s.queued, s.upserts(entries)...)
	}
	return nil
}

// note records what the check after the commit must find.
func (s *session) note(entries []towpath.LedgerEntry) {
	for _, e := range entries {
		if e.Type == towpath.TypeHead {
			s.head = &e
		} else if e.Type != towpath.TypeLease {
			s.newest = e
		}
	}
}

// Replace implements engine.Session.
func (s *session) Replace(ctx context.Context, entries ...towpath.LedgerEntry) error {
	if err := s.usable(); err != nil {
		return err
	}
	s.note(entries)
	calls := append([]call{{text: "DELETE FROM " + s.db.ledger}}, s.upserts(entries)...)
	if err := s.send(ctx, calls...); err != nil {
		return s.fail(err)
	}
	return nil
}

// ExecRecord implements engine.Session.
func (s *session) ExecRecord(
	ctx context.Context, st statement.Statement, entries ...towpath.LedgerEntry,
) (rows int64, err error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	if !s.options.NoTx {
		if rows, err = s.Exec(ctx, st); err != nil {
			return 0, err
		}
		return rows, s.Record(ctx, entries...)
	}
	err = s.short(ctx, func() error {
		if rows, err = s.Exec(ctx, st); err != nil {
			return err
		}
		s.note(entries)
		return s.finish(ctx, s.upserts(entries))
	})
	if err != nil {
		return 0, err
	}
	return rows, nil
}

// short begins a separate transaction in a session without one. finish must end it.
func (s *session) short(ctx context.Context, do func() error) error {
	s.inside = true
	s.ran = false
	s.ledgerAt = nil
	s.outside = nil
	s.written = 0
	s.head = nil
	s.queued = append(s.queued, call{text: "BEGIN READ WRITE"}, s.limit())
	place := s.place
	err := do()
	if s.inside = false; err == nil {
		return s.kept()
	}
	undone := s.rollback(ctx)
	if mapError(err).Kind == engine.Refused && undone == nil && !s.conn.IsClosed() {
		s.place, s.broken = place, nil // it was rolled back, and its failure can be recorded
	}
	return s.fail(errors.Join(err, undone))
}

// finish writes the last rows of a transaction, and commits it.
func (s *session) finish(ctx context.Context, rows []call) error {
	calls := append(s.closing(rows), call{text: "COMMIT", commit: true})
	return s.send(ctx, append(calls, s.afterwards()...)...)
}

// rollback ends a short transaction that has failed.
func (s *session) rollback(ctx context.Context) error {
	s.queued = nil
	if s.conn.IsClosed() || s.conn.PgConn().TxStatus() == 'I' {
		return nil
	}
	return s.send(context.WithoutCancel(ctx), call{text: "ROLLBACK"})
}

// Commit implements engine.Session. Deferred constraints are the server's check. What the script
// has SET is undone: behind a pooler before somebody else has the session, with deferred
// constraints checked first under the script's own settings.
func (s *session) Commit(ctx context.Context) error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.options.NoTx {
		return nil
	}
	var tag pgconn.CommandTag
	calls := s.closing(s.last)
	if s.conn.pooled {
		calls = append(calls, call{text: "SET CONSTRAINTS ALL IMMEDIATE"}, call{text: "RESET ALL"})
	}
	calls = append(append(calls, call{text: "COMMIT", tag: &tag, commit: true}), s.afterwards()...)
	if !s.conn.pooled {
		calls = append(calls, s.conn.leftovers()...)
	}
	s.last = nil
	if err := s.send(ctx, calls...); err != nil {
		return s.fail(err)
	}
	s.broken = &engine.Error{Kind: engine.Failed, Message: "the session is over"}
	s.calm = s.catalogs.none()
	if tag.String() != "COMMIT" {
		return &engine.Error{Kind: engine.Failed, Message: "the server rolled the transaction back"}
	}
	return s.kept()
}

// Close implements engine.Session; the end of the connection rolls back what was not committed. A
// committed session's connection is kept for the next one, with no state left in it.
func (s *session) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.observer.close()
	s.db.ended(s.calm)
	s.db.release(s.conn)
	return nil
}
