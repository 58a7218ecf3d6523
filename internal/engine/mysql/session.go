package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towpath"
	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

type session struct {
	db       *database
	conn     *connection
	options  engine.SessionOptions
	used     bool // the connection has served another session
	plain    bool // statements run only their own text
	queued   []call
	inside   bool            // a short transaction of ours, in a session without one
	marked   bool            // a statement ran that may leave state for the next session
	tainted  bool            // something failed
	through  bool            // the transaction was committed
	notices  towpath.Notices // of the last statement
	said     said            // what they mean
	ran      bool            // a statement of the file may have run
	stays    error           // what a rollback has not undone; nil for nothing
	observer *observer       // nil unless somebody wants to know what statements do
	broken   error           // why the session is unusable; nil while it is usable
	closed   bool
}

var _ engine.Session = (*session)(nil)

func (s *session) begin(ctx context.Context) error {
	limits := s.limits()
	if s.conn.id == 0 {
		if err := s.conn.prepare(ctx, limits); err != nil {
			return err
		}
	}
	if s.conn.limits != limits {
		// Within a batch the limits start at its end.
		if _, err := s.conn.ExecContext(ctx, "SET SESSION "+limits); err != nil {
			return err
		}
		s.conn.limits = limits
	}
	if err := s.db.makeLedger(ctx, s.conn); err != nil {
		return err
	}
	first := s.settings()
	if s.plain = s.used; s.used {
		first.text += ", @towpath = LAST_INSERT_ID(0)"
	}
	if !s.options.NoTx {
		first.text += ", @towpath = GET_LOCK(" + literal(runnerLock(s.db.target.Database)) + ", 0)"
	}
	s.queued = append(s.queued, first)
	if !s.options.NoTx {
		s.queued = append(s.queued, s.whole(savepoint)...)
	}
	return nil
}

// settings are sent at the start, and after each statement that can change them without the
// splitter seeing it. In a transaction, a statement that commits by itself begins another
// transaction after it.
func (s *session) settings() call {
	autocommit := 1
	if !s.options.NoTx || s.inside {
		autocommit = 0
	}
	return call{text: fmt.Sprintf("SET SESSION autocommit = %d, %s", autocommit, s.limits())}
}

func (s *session) limits() string {
	text := fmt.Sprintf("lock_wait_timeout = %[1]d, innodb_lock_wait_timeout = %[1]d",
		seconds(s.options.LockTimeout))
	switch timeout := s.options.StatementTimeout; {
	case s.db.mariadb && timeout > 0:
		text += fmt.Sprintf(", max_statement_time = %.3f", max(timeout, time.Millisecond).Seconds())
	case s.db.mariadb:
		text += ", max_statement_time = DEFAULT"
	}
	return text
}

// seconds rounds up, to at least one.
func seconds(d time.Duration) int64 { return max(int64((d+time.Second-1)/time.Second), 1) }

// Identity implements engine.Session.
func (s *session) Identity() string { return s.conn.identity(s.conn.id) }

// Exec implements engine.Session.
func (s *session) Exec(ctx context.Context, st statement.Statement) (int64, error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	if err := s.vet(ctx, st); err != nil {
		return 0, s.fail(err)
	}
	if err := s.send(ctx); err != nil {
		return 0, s.fail(err)
	}
	before, err := s.ledgerSum(ctx, st)
	if err != nil {
		return 0, s.fail(err)
	}
	if !dialect.Harmless(st) {
		s.marked = true
	}
	s.notices, s.said = towpath.Notices{}, said{}
	s.ran = true
	restore := func() error { return nil }
	if hears(st.Verb) {
		if restore, err = s.hear(ctx); err != nil {
			return 0, s.fail(err)
		}
	}
	result, err := s.observed(ctx, st)
	if err == nil {
		s.readNotices(ctx, st.Verb)
	}
	if s.marked || !s.plain {
		s.queued = append(s.queued, s.settings())
	}
	if st.NoTx && !s.options.NoTx { // it has begun another transaction
		s.queued = append(s.queued, s.whole(savepoint)...)
	}
	if number(err) == emptyQuery {
		return 0, nil // it is only for other servers
	}
	if err != nil {
		return 0, s.fail(withoutText(err, st))
	}
	if err = errors.Join(restore(), s.behind(ctx, st, before)); err == nil {
		err = s.weigh(ctx, st)
	}
	if err != nil {
		if s.options.NoTx && !s.inside {
			err = engine.Behind(mapError(err))
		}
		return 0, s.fail(err)
	}
	rows, err := result.RowsAffected()
	if err != nil {
		return 0, s.fail(err)
	}
	if strings.HasPrefix(st.Verb, "CREATE") || strings.HasPrefix(st.Verb, "ALTER") {
		return 0, nil // the number is that of copied rows
	}
	return rows, nil
}

// behind checks the session after a statement. sum is the ledger's sum before it.
func (s *session) behind(ctx context.Context, st statement.Statement, sum string) error {
	if err := s.checkReading(ctx, st); err != nil {
		return withoutText(err, st)
	}
	after, err := s.ledgerSum(ctx, st)
	if err != nil {
		return err
	}
	if err := ledgerChanged(sum, after); err != nil {
		return err
	}
	return s.postCondition(ctx, st)
}

// emptyQuery is the server's number for a statement without words.
const emptyQuery = 1065

// run sends a statement and, when its time is over, asks the server to stop it: closing the
// connection would leave it running there. The server's answer decides the outcome, if it still
// arrives.
func (s *session) run(ctx context.Context, text string) (sql.Result, error) {
	if s.options.StatementTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.options.StatementTimeout+s.grace())
		defer cancel()
	}
	running, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()
	killed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(killed)
		if err := s.db.kill(running, "KILL QUERY ", s.conn.id); err != nil {
			abandon()
			return
		}
		select {
		case <-running.Done():
		case <-time.After(cancelGrace):
			abandon()
		}
	})
	run := s.conn.ExecContext
	if maintains(text) {
		run = func(ctx context.Context, text string, _ ...any) (sql.Result, error) {
			return s.maintain(ctx, text)
		}
	}
	result, err := run(running, text)
	if stop() {
		return result, err
	}
	s.tainted = true // the KILL may stop the next statement instead
	abandon()
	<-killed
	return result, err
}

// grace lets MariaDB's own limit, which is exact, come first.
func (s *session) grace() time.Duration {
	if s.db.mariadb {
		return time.Second
	}
	return 0
}

// fail records that a session in a transaction is over after an error: a deadlock, for example, has
// undone all of it.
func (s *session) fail(err error) error {
	s.tainted = true
	mapped := mapError(err)
	if mapped.Kind == engine.Lost || !s.options.NoTx {
		s.broken = &engine.Error{Kind: mapped.Kind, Message: "the session has failed before: " +
			mapped.Message, Err: err}
	}
	return mapped
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
	c := s.db.entryCall(id)
	if !s.options.NoTx {
		c.text += " FOR UPDATE" // as it is now, not as it was when the transaction began
	}
	c.scan = func(rows *sql.Rows) error {
		for rows.Next() {
			if entry, err = scanEntry(rows.Scan); err != nil {
				return err
			}
			found = true
		}
		return rows.Err()
	}
	err = s.send(ctx, c)
	if err != nil {
		return towpath.LedgerEntry{}, false, s.fail(err)
	}
	return entry, found, nil
}

// Record implements engine.Session. In a transaction it goes with what follows.
func (s *session) Record(ctx context.Context, entries ...towpath.LedgerEntry) error {
	if err := s.usable(); err != nil {
		return err
	}
	calls := s.db.upserts(entries)
	if !s.options.NoTx {
		s.queued = append(s.queued, calls...)
		return nil
	}
	if len(calls) == 1 {
		calls[0].commit = true // by itself
		if err := s.send(ctx, calls...); err != nil {
			return s.fail(err)
		}
		return nil
	}
	calls = slices.Concat([]call{{text: "START TRANSACTION"}}, s.whole(savepoint), calls, s.commit())
	if err := s.send(ctx, calls...); err != nil {
		return s.fail(errors.Join(err, s.rollback(ctx)))
	}
	return nil
}

// Replace implements engine.Session.
func (s *session) Replace(ctx context.Context, entries ...towpath.LedgerEntry) error {
	if err := s.usable(); err != nil {
		return err
	}
	calls := append([]call{{text: "DELETE FROM " + s.db.ledger}}, s.db.upserts(entries)...)
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
	s.inside = true
	s.queued = append(append(s.queued, s.settings()), s.whole(savepoint)...)
	if rows, err = s.Exec(ctx, st); err == nil {
		err = s.send(ctx, append(s.db.upserts(entries), s.commit()...)...)
	}
	if s.inside = false; err != nil {
		err = errors.Join(err, s.rollback(ctx))
	}
	s.queued = append(s.queued, s.settings())
	if err != nil {
		return 0, s.fail(s.notWhole(err))
	}
	return rows, nil
}

// notWhole wraps the error of a transaction that was rolled back: when rows stay, a statement must
// not run again after it.
func (s *session) notWhole(err error) error {
	mapped := mapError(err)
	if s.stays == nil || mapped.Kind != engine.Locked {
		return err
	}
	return &engine.Error{Kind: engine.Stays, Message: mapped.Message +
		"; rows of a table without transactions stay", Err: err}
}

// Commit implements engine.Session. Foreign keys are the server's check.
func (s *session) Commit(ctx context.Context) error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.options.NoTx {
		return nil
	}
	if err := s.send(ctx, append(s.commit(),
		call{text: "DO RELEASE_LOCK(" + literal(runnerLock(s.db.target.Database)) + ")"})...); err != nil {
		return s.fail(err)
	}
	s.through, s.broken = true, &engine.Error{Kind: engine.Failed, Message: "the session is over"}
	return nil
}

// Close implements engine.Session; the end of the connection undoes what was not committed. One in
// which nothing of this session is left is kept for the next.
func (s *session) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	if s.marked {
		s.db.forget()
	}
	if s.ran && !s.options.NoTx && !s.through {
		_ = s.rollback(context.Background()) // the server rolls back a broken connection anyway
	}
	if s.marked || s.tainted || (!s.options.NoTx && !s.through) {
		s.conn.closeQuietly()
		return s.stays
	}
	s.db.keep(&s.db.spare, s.conn)
	return nil
}
