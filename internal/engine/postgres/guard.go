package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// ledgerMark reads the place and the columns of relation c, which TRUNCATE, ALTER, a new trigger
// and a new rule change, and how many of its rows this session has written. A changed column has the
// number of a later transaction, so that the sum of the numbers grows; a dropped one stays in the
// catalog. The server clears the counts between transactions, never within one.
// https://www.postgresql.org/docs/current/monitoring-stats.html
const ledgerMark = `(SELECT pg_catalog.format('%s.%s.%s.%s.%s %s %s %s', c.oid, c.xmin,
	(SELECT pg_catalog.format('%s.%s', pg_catalog.count(*), pg_catalog.sum(a.xmin::pg_catalog.text::pg_catalog.int8)) FROM pg_catalog.pg_attribute a
		WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0),
	(SELECT pg_catalog.count(*) FROM pg_catalog.pg_trigger t WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid),
	(SELECT pg_catalog.count(*) FROM pg_catalog.pg_rewrite r WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid),
	pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid), pg_catalog.pg_stat_get_xact_tuples_updated(c.oid), pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid))
	FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) `

// mark is the result of ledgerMark.
type mark struct {
	place  string
	writes int64
}

// look compares the ledger with its state at the last check in this transaction, and with the
// number of rows that we have written since. A DO block or a function can change it by SQL that it
// builds, which no splitter sees. Between the transactions of a session without one, only the place
// must stay.
func (s *session) look(text *string) error {
	before, own := s.ledgerAt, s.written
	s.ledgerAt, s.written = nil, 0
	now := mark{place: "nowhere"}
	if text != nil {
		var inserted, updated, deleted int64
		if _, err := fmt.Sscan(*text, &now.place, &inserted, &updated, &deleted); err != nil {
			return fmt.Errorf("read the ledger's mark %q: %w", *text, err)
		}
		now.writes = inserted + updated + deleted
	}
	if !s.options.NoTx || s.inside {
		s.ledgerAt = &now
	} else {
		before = nil // of a finished transaction, whose counts the server clears after a second
	}
	was := s.place
	s.place = now.place
	if (was == "" || was == now.place) && (before == nil || now.writes == before.writes+own) {
		return nil
	}
	s.broken = &engine.Error{Kind: engine.Refused, Message: "the migration has changed the table " +
		ledgerTable + ", which belongs to the server"}
	if !s.inTransaction() {
		s.broken = &engine.Error{Kind: engine.Refused, Message: "a statement has changed the table " +
			ledgerTable + itsOwn}
	}
	return s.broken
}

// itsOwn ends the message about a change that was detected too late to be undone.
const itsOwn = ", which belongs to the server. Its change remains: check the ledger before anything else runs"

// guardText divides by zero when ledger $1 is not at place $2 with $3 writes, or the outside is not $4.
const guardText = guarded + "NULL" + guardedFrom

// lastGuardText does the same, and reads how many rows of catalogs the transaction has changed.
const lastGuardText = guarded + catalogMark + guardedFrom

const guarded = `SELECT 1 OPERATOR(pg_catalog./) CASE WHEN pg_catalog.split_part(m, ' ', 1) OPERATOR(pg_catalog.=) $2::pg_catalog.text
	AND pg_catalog.split_part(m, ' ', 2)::pg_catalog.int8 OPERATOR(pg_catalog.+) pg_catalog.split_part(m, ' ', 3)::pg_catalog.int8
		OPERATOR(pg_catalog.+) pg_catalog.split_part(m, ' ', 4)::pg_catalog.int8 OPERATOR(pg_catalog.=) $3::pg_catalog.int8
	AND o OPERATOR(pg_catalog.=) $4::pg_catalog.text THEN 1 ELSE 0 END, `

const guardedFrom = `
	FROM (SELECT ` + ledgerMark + `pg_catalog.to_regclass($1)) AS m, ` + outsideMark + ` AS o) AS x`

// guard makes the server itself compare the ledger, and the outside, with the last check and with
// the number of rows that we have written since: when they differ, the calls after it do not run,
// not even a COMMIT.
func (s *session) guard(own int) call {
	return call{
		text: guardText,
		args: []any{
			s.db.ledger, s.ledgerAt.place, s.ledgerAt.writes + s.written + int64(own),
			fmt.Sprintf("%d %s", *s.outside, s.role),
		},
		refused: "something that the migration deferred to its commit has changed the table " +
			ledgerTable +
			", which belongs to the server, or roles, databases or settings",
	}
}

// closing writes the last rows of a transaction. Deferred constraints run before, since they could
// change the rows; so only our own rows are between the two guards.
func (s *session) closing(rows []call) []call {
	if !s.ran || s.ledgerAt == nil || s.outside == nil {
		return rows
	}
	calls := s.asOwner(call{text: "SET CONSTRAINTS ALL IMMEDIATE"})
	if s.conn.prepared {
		calls = append(calls, unforged())
	}
	calls = append(append(calls, s.guard(0)), rows...)
	last := s.guard(len(rows))
	if s.catalogs.begun {
		last.text, last.scan = lastGuardText, s.catalogs.end
	}
	return append(calls, last)
}

// unforged makes the server stop when a script has put a statement in the place of one of ours that is
// prepared. It is not prepared itself, and no statement of the script runs between it and the guards. It
// asks the function below the view, which takes less time to plan.
func unforged() call {
	return call{
		text: `SELECT 1 OPERATOR(pg_catalog./) CASE WHEN EXISTS (SELECT FROM pg_catalog.pg_prepared_statement()
			WHERE from_sql AND pg_catalog.starts_with(name, 'stmt_')) THEN 0 ELSE 1 END`,
		refused: "the migration has prepared a statement under a name that belongs to the server",
	}
}

// afterText reads what the commit has left of ledger $1: its head, the row of version $2 and type $3,
// and its place.
func (d *database) afterText() string {
	return "SELECT (SELECT pg_catalog.format('%s %s', epoch, seal) FROM " + d.ledger +
		" WHERE version OPERATOR(pg_catalog.=) '' AND type OPERATOR(pg_catalog.=) 'head'), (SELECT seal FROM " + d.ledger +
		" WHERE version OPERATOR(pg_catalog.=) $2 AND type OPERATOR(pg_catalog.=) $3), " + ledgerMark +
		"pg_catalog.to_regclass($1))"
}

// afterwards checks again after the commit: a trigger that ran before it can have deferred another
// one.
func (s *session) afterwards() []call {
	if s.head == nil {
		return s.conn.foreign()
	}
	head, last := *s.head, s.newest
	s.seen = nil
	return append([]call{{
		after: true,
		text:  s.db.afterText(),
		args:  []any{s.db.ledger, last.Version, string(last.Type)},
		scan: func(row pgx.Row) error {
			var top, newest, place *string
			if err := row.Scan(&top, &newest, &place); err != nil {
				return err
			}
			if top != nil {
				epoch, seal, _ := strings.Cut(*top, " ")
				n, _ := strconv.ParseInt(epoch, 10, 64)
				if n > head.Epoch {
					return nil // a newer run has taken over meanwhile
				}
				if seal == head.Seal && (last.Seal == "" || (newest != nil && *newest == last.Seal)) &&
					place != nil && strings.HasPrefix(*place, s.place+" ") {
					return nil
				}
			}
			return errChanged
		},
	}}, s.conn.foreign()...)
}

// errChanged is a change that was detected after a commit.
var errChanged = errors.New("the ledger is not as it was written")

// kept returns the result of the check after the commit.
func (s *session) kept() error {
	if s.seen == nil {
		return nil
	}
	return &engine.Error{
		Kind: engine.Tampered,
		Message: "the change was committed, and with its commit something has changed the table " +
			ledgerTable + itsOwn, Err: s.seen,
	}
}

// sum summarizes the content of the ledger's rows, without leases, around a statement without a
// transaction that may build SQL.
func (s *session) sum(ctx context.Context, st statement.Statement) (sum string, err error) {
	if !s.unbounded(st) {
		return "", nil
	}
	var there bool
	if err := s.conn.QueryRow(ctx, "SELECT pg_catalog.to_regclass($1) IS NOT NULL",
		s.db.ledger).Scan(&there); err != nil || !there {
		return "no ledger", err
	}
	err = s.conn.QueryRow(ctx, "SELECT pg_catalog.md5(coalesce(pg_catalog.string_agg(l::pg_catalog.text, ' "+
		"' ORDER BY version, type), '')) FROM "+
		s.db.ledger+" AS l WHERE type OPERATOR(pg_catalog.<>) 'lease'").Scan(&sum)
	return sum, err
}

// compare is nil when two sums are equal.
func compare(before, after string) error {
	if before == after {
		return nil
	}
	return &engine.Error{Kind: engine.Refused, Message: "the statement has changed the table " +
		ledgerTable + itsOwn}
}
