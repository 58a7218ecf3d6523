package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"towpath"
	dialect "towpath/internal/dialect/sqlite"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

type session struct {
	db        *database
	conn      *connection
	options   engine.SessionOptions
	before    *violations // of foreign keys, taken before the first statement
	keysSaid  bool        // the script has turned foreign keys on or off
	resumed   bool        // statements of the file took effect in an earlier session
	committed bool
	closed    bool
	notices   towpath.Notices // of the last statement
	observer  *observer       // nil unless somebody wants to know what statements do
}

var _ engine.Session = (*session)(nil)

// Identity implements engine.Session. A SQLite session lives in this process and dies with it.
func (s *session) Identity() string { return fmt.Sprintf("process %d", os.Getpid()) }

// Exec implements engine.Session.
func (s *session) Exec(ctx context.Context, st statement.Statement) (int64, error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	if s.before == nil {
		before, err := s.conn.violationsBefore(ctx)
		if err != nil {
			return 0, mapError(err)
		}
		s.before = before
	}
	if s.options.StatementTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, s.options.StatementTimeout)
		defer cancel()
	}
	if on, ok := dialect.SetsForeignKeys(st); ok && s.options.NoTx {
		s.keysSaid = true
		return 0, s.keysAct(ctx, on)
	}
	s.notices = towpath.Notices{}
	over, passes := dialect.Reader().ReadConditional(st)
	if passes {
		var err error
		if passes, err = s.conn.there(ctx, over); err != nil {
			return 0, mapError(err)
		}
	}
	s.conn.guard.reason = ""
	result, err := s.observed(ctx, st)
	if err != nil {
		return 0, s.statementError(err)
	}
	if err := errors.Join(s.conn.postCondition(ctx, st), s.conn.addedNamesHold(ctx, st)); err != nil {
		return 0, mapError(err)
	}
	if left, err := s.conn.leftOf(ctx, st); err != nil {
		return 0, mapError(err)
	} else if len(left) > 0 {
		s.notices.Begin(towpath.NoticeSkipped, engine.Skipped(left))
	}
	if passes {
		note, err := s.conn.passedOver(ctx, over)
		if err != nil {
			return 0, mapError(err)
		}
		if note != "" {
			s.notices.Begin(towpath.NoticeUncompared, engine.Uncompared(over, note))
		}
	}
	return s.changed(ctx, result.RowsAffected)
}

// changed returns a statement's own number of rows: SQLite repeats the last statement's count for
// one that changes no rows.
func (s *session) changed(ctx context.Context, affected func() (int64, error)) (int64, error) {
	var total int64
	if err := s.conn.QueryRowContext(ctx, "SELECT total_changes()").Scan(&total); err != nil {
		return 0, mapError(err)
	}
	if total == s.conn.changes {
		return 0, nil
	}
	s.conn.changes = total
	rows, err := affected()
	if err != nil {
		return 0, mapError(err)
	}
	return rows, nil
}

// keysAct turns foreign keys on or off.
func (s *session) keysAct(ctx context.Context, on bool) error {
	s.conn.guard.left = true
	if err := s.conn.act(ctx, on); err != nil {
		return mapError(err)
	}
	return nil
}

func (s *session) statementError(err error) error {
	mapped := mapError(err)
	if mapped.Kind == engine.Failed && s.conn.keys && strings.Contains(mapped.Message, "FOREIGN KEY") {
		mapped.Message += keysOffHint
	}
	if s.conn.guard.reason != "" {
		return &engine.Error{Kind: engine.Refused, Message: s.conn.guard.reason, Err: err}
	}
	return mapped
}

// usable returns why the session is unusable; nil when it is usable.
func (s *session) usable() error {
	switch {
	case s.closed || s.committed:
		return &engine.Error{Kind: engine.Failed, Message: "the session is over"}
	case s.conn.rolledBack && !s.options.NoTx:
		return &engine.Error{
			Kind:    engine.Failed,
			Message: "SQLite has undone the whole transaction after the last error",
		}
	}
	return nil
}

// keysOffHint is the advice where rows come before their parents in a database that cannot defer
// the check.
const keysOffHint = "; a file whose keys are to be checked at its end only says PRAGMA foreign_keys = OFF"

// keysHold checks for rows that have lost their parents in this session. If an earlier session ran
// a part of the file, the violations before it are unknown: then there must be none.
func (s *session) keysHold(ctx context.Context) error {
	before := s.before
	if s.resumed {
		before = &violations{}
	}
	if before == nil {
		return nil
	}
	after, err := s.conn.foreignKeyCheck(ctx)
	if err != nil {
		return mapError(err)
	}
	message := after.news(before)
	switch {
	case message == "":
		s.conn.violations = after
		return nil
	case s.resumed:
		message += ". Statements of this file are in the database from an earlier attempt, so it is done " +
			"once no row lacks its parent: " +
			"add the parents, or remove the rows, and try again"
	case !s.options.NoTx && !s.conn.keys:
		message += ". ON DELETE and ON UPDATE do not act in a file that drops a table or says PRAGMA " +
			"foreign_keys = OFF, " +
			"and a later PRAGMA is ignored within its transaction: " +
			"change the rows in a file of its own, or those that point to them first"
	}
	return &engine.Error{Kind: engine.Failed, Message: message}
}

// Commit implements engine.Session: the foreign keys are checked as a whole. Without a transaction
// there is nothing left to decide.
func (s *session) Commit(ctx context.Context) error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.options.NoTx {
		s.committed = true
		return nil
	}
	if err := s.keysHold(ctx); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return mapError(err)
	}
	// Bounded by the lock limit; ctx must not cut it short, since the driver then reports a COMMIT
	// that happened as cancelled.
	if _, err := s.conn.exec(context.WithoutCancel(ctx), "COMMIT"); err != nil {
		return mapError(err)
	}
	s.committed = true
	return nil
}

// Close implements engine.Session; the end of the connection rolls back an open transaction. The
// connection of a committed session serves the next one if the script left no state in it.
func (s *session) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	if s.committed && !s.conn.guard.left && s.db.keep(s.conn) {
		return nil
	}
	if err := s.conn.Close(); err != nil {
		return fmt.Errorf("close the session: %w", err)
	}
	return nil
}

// Entry implements engine.Session.
func (s *session) Entry(ctx context.Context, id towpath.MigrationID) (towpath.LedgerEntry, bool, error) {
	if err := s.usable(); err != nil {
		return towpath.LedgerEntry{}, false, err
	}
	entry, found, err := s.conn.entry(ctx, id)
	if err != nil {
		return entry, false, mapError(err)
	}
	s.resumed = s.resumed || (found && s.options.NoTx && !applied(entry) && entry.StatementsDone > 0)
	return entry, found, nil
}

// Record implements engine.Session.
func (s *session) Record(ctx context.Context, entries ...towpath.LedgerEntry) error {
	if err := s.usable(); err != nil {
		return err
	}
	if s.options.NoTx && slices.ContainsFunc(entries, applied) {
		if err := s.keysHold(ctx); err != nil {
			return err
		}
	}
	if err := s.within(ctx, func() error { return s.conn.record(ctx, entries) }); err != nil {
		return mapError(err)
	}
	s.conn.changes += int64(len(entries))
	return nil
}

// applied reports whether a row records a migration as applied: then its foreign keys must hold.
func applied(e towpath.LedgerEntry) bool {
	return e.Type != towpath.TypeLease && e.Type != towpath.TypeHead && e.State == towpath.LedgerDone
}

// Replace implements engine.Session.
func (s *session) Replace(ctx context.Context, entries ...towpath.LedgerEntry) error {
	if err := s.usable(); err != nil {
		return err
	}
	err := s.within(ctx, func() error {
		if err := s.conn.makeLedger(ctx); err != nil {
			return err
		}
		if _, err := s.conn.exec(ctx, "DELETE FROM main.towpath_ledger"); err != nil {
			return err
		}
		return s.conn.record(ctx, entries)
	})
	if err != nil {
		return mapError(err)
	}
	return nil
}

// ExecRecord implements engine.Session. Whether foreign keys act is decided outside of the
// transaction around the statement.
func (s *session) ExecRecord(
	ctx context.Context, st statement.Statement, entries ...towpath.LedgerEntry,
) (rows int64, err error) {
	if err := s.usable(); err != nil {
		return 0, err
	}
	if s.options.NoTx {
		if on, ok := dialect.SetsForeignKeys(st); ok {
			s.keysSaid = true
			return 0, errors.Join(s.keysAct(ctx, on), s.Record(ctx, entries...))
		}
		if !s.keysSaid {
			if err := s.keysAct(ctx, dialect.ChangesRows(st.Verb)); err != nil {
				return 0, err
			}
		}
	}
	err = s.within(ctx, func() error {
		if rows, err = s.Exec(ctx, st); err != nil {
			return err
		}
		return s.conn.record(ctx, entries)
	})
	if err != nil {
		return 0, mapError(err)
	}
	s.conn.changes += int64(len(entries))
	return rows, nil
}

// within runs a few statements in one transaction.
func (s *session) within(ctx context.Context, run func() error) error {
	if !s.options.NoTx {
		return run()
	}
	if _, err := s.conn.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	s.conn.rolledBack = false
	err := run()
	if err == nil {
		_, err = s.conn.exec(context.WithoutCancel(ctx), "COMMIT") // it waits for readers, and may time out
	}
	if err != nil {
		s.conn.hasLedger = false // the transaction may have created it
		if s.conn.rolledBack {
			return err
		}
		_, undo := s.conn.exec(context.WithoutCancel(ctx), "ROLLBACK")
		return errors.Join(err, undo)
	}
	return nil
}
