package postgres

import (
	"context"
	"fmt"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// ledgerMark reads of relation c its place, which TRUNCATE, ALTER and a new trigger change, and how many of its rows this
// session has written. The server forgets the counts between transactions, never within one.
// https://www.postgresql.org/docs/current/monitoring-stats.html
const ledgerMark = `(SELECT pg_catalog.format('%s.%s %s %s %s', c.oid, c.xmin, pg_catalog.pg_stat_get_xact_tuples_inserted(c.oid),
	pg_catalog.pg_stat_get_xact_tuples_updated(c.oid), pg_catalog.pg_stat_get_xact_tuples_deleted(c.oid))
	FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) `

// mark is what ledgerMark told.
type mark struct {
	place  string
	writes int64
}

// look compares the ledger with how it was at the last look in this transaction, and with how many rows we have written since. A
// DO block or a function can reach it by SQL that it puts together, which no splitter sees.
func (s *session) look(text *string) error {
	before, own := s.ledgerAt, s.written
	s.ledgerAt, s.written = nil, 0
	if s.options.NoTx && !s.inside {
		return nil
	}
	now := mark{}
	if text != nil {
		var inserted, updated, deleted int64
		if _, err := fmt.Sscan(*text, &now.place, &inserted, &updated, &deleted); err != nil {
			return fmt.Errorf("read the ledger's mark %q: %w", *text, err)
		}
		now.writes = inserted + updated + deleted
		s.ledgerAt = &now
	}
	if before == nil || now.place == before.place && now.writes == before.writes+own {
		return nil
	}
	s.broken = &engine.Error{Kind: engine.Refused, Message: "the migration has changed the table " + ledgerTable + ", which belongs to the server"}
	return s.broken
}

// sum tells what the ledger's rows hold, leases left out, around a statement without a transaction that may put SQL together.
func (s *session) sum(ctx context.Context, st statement.Statement) (sum string, err error) {
	if !s.options.NoTx || s.inside || st.Verb != "DO" && st.Verb != "CALL" && st.Verb != "SELECT" {
		return "", nil
	}
	var there bool
	if err := s.conn.QueryRow(ctx, "SELECT pg_catalog.to_regclass($1) IS NOT NULL", s.db.ledger).Scan(&there); err != nil || !there {
		return "no ledger", err
	}
	err = s.conn.QueryRow(ctx, "SELECT pg_catalog.md5(coalesce(pg_catalog.string_agg(l::pg_catalog.text, ' ' ORDER BY version, type), '')) FROM "+
		s.db.ledger+" AS l WHERE type OPERATOR(pg_catalog.<>) 'lease'").Scan(&sum)
	return sum, err
}

// compare is nil when two sums are equal.
func compare(before, after string) error {
	if before == after {
		return nil
	}
	return &engine.Error{Kind: engine.Refused, Message: "the statement has changed the table " + ledgerTable +
		", which belongs to the server. What it did stays: look at the ledger before anything else runs"}
}
