package postgres

import (
	"context"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"towpath"
	dialect "towpath/internal/dialect/postgres"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// saysMessages finds statements that choose which messages the server sends.
var saysMessages = regexp.MustCompile(`(?i)client_min_messages`)

// hears reports whether the server is to say all that it says behind a statement, whatever a script
// has silenced.
func (s *session) hears(st statement.Statement) bool {
	switch st.Verb {
	case "SET", "RESET", "SHOW", "INSERT", "UPDATE", "DELETE", "MERGE":
		return false
	case "DO", "CALL", "GRANT", "REVOKE":
		return true
	}
	_, passes := dialect.Reader().ReadConditional(st)
	return passes || s.quiet
}

// hear and stopHearing are around a statement of which the server may say that it has passed over
// something, or not done all.
func (s *session) hear() call {
	return call{text: `SELECT pg_catalog.set_config('towpath.said',
		pg_catalog.current_setting('client_min_messages'), $1),
		pg_catalog.set_config('client_min_messages', 'notice', $1)`, args: []any{s.inTransaction()}}
}

func (s *session) stopHearing() call {
	return call{
		text: "SELECT pg_catalog.set_config('client_min_messages', " +
			"pg_catalog.current_setting('towpath.said'), $1)",
		args: []any{s.inTransaction()},
	}
}

// finds looks before an ALTER … IF EXISTS for what it names. The server says in words alone that it
// has passed over an object that is missing.
func (s *session) finds(name string, found *bool) []call {
	return s.asOwner(call{
		text: "SELECT pg_catalog.to_regclass($1) IS NOT NULL",
		args: []any{qualified(name).Sanitize()},
		scan: func(row pgx.Row) error { return row.Scan(found) },
	})
}

// weigh decides what follows from what the server has said about a statement that it has ended
// well. Its error is an *engine.Error with Kind Unmet.
func (s *session) weigh(ctx context.Context, st statement.Statement, h *heard) error {
	otherwise := h.otherwise
	switch {
	case len(h.unmet) > 0 && (st.Verb == "GRANT" || st.Verb == "REVOKE"):
		return unmet("The statement ended without an error, and the server says: %s. Run it as the owner "+
			"of the object, or as a role that may grant.", strings.Join(h.unmet, "; "))
	case st.Verb == "DO" || st.Verb == "CALL":
		otherwise = h.unmet
	case composes(st.Verb):
		otherwise = nil
	}
	if len(otherwise) > 0 {
		s.notices.Begin(towpath.NoticeOtherwise, engine.Otherwise(otherwise))
	}
	if over, ok := dialect.Reader().ReadConditional(st); ok && len(h.passed) > 0 {
		if err := s.passedOver(ctx, over); err != nil {
			return err
		}
	} else if len(h.passed) > 0 && tellsPassed(st.Verb) {
		s.notices.Begin(towpath.NoticeUncompared, engine.Passed(h.passed))
	}
	return nil
}

// tellsPassed reports whether something that a statement has passed over is its own. A row that is
// written may start a trigger, which makes what it needs; a label of a type says no more than its
// name.
func tellsPassed(verb string) bool {
	switch verb {
	case "INSERT", "UPDATE", "DELETE", "MERGE", "ALTER TYPE":
		return false
	}
	return true
}
