package postgres

import (
	"context"
	"errors"
	"regexp"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// call is one statement of a round trip.
type call struct {
	text    string
	args    []any
	scan    func(pgx.Row) error // reads the only row
	tag     *pgconn.CommandTag  // nil when it is not needed
	fenced  string              // what an upsert's division by zero means: a newer run has the row
	refused string              // what a guard's division by zero means
	absent  string              // what the division by zero of ExpectNone means
	commit  bool                // its outcome is unknown without the server's answer
	// nothing of the session is left afterwards. After a COMMIT, its error does not matter
	clean bool
	after bool // checks what a COMMIT has left
}

// send sends calls to the server, together with the queued ones, in one round trip. The first error
// ends all: the server skips what was sent after it.
func (s *session) send(ctx context.Context, calls ...call) error {
	earlier := len(s.queued)
	calls = append(s.queued, calls...)
	s.queued = nil
	if len(calls) == 0 {
		return nil
	}
	batch := &pgx.Batch{}
	for _, c := range calls {
		batch.Queue(c.text, c.args...)
	}
	results := s.conn.SendBatch(ctx, batch)
	committed := false
	for n, c := range calls {
		err := c.read(results)
		if c.clean {
			s.conn.dirty = err != nil
		}
		if err == nil {
			if c.fenced != "" {
				s.written++
			}
			committed = committed || c.commit
			continue
		}
		_ = results.Close() // returns the same error
		if said := (*pgconn.PgError)(nil); c.after && (errors.Is(err, errChanged) || errors.As(err, &said)) {
			s.seen = err
		}
		if committed {
			return nil // the connection stays dirty
		}
		failed := *c.failed(err, slices.ContainsFunc(calls[n:], func(c call) bool { return c.commit }))
		failed.Earlier = n < earlier
		return &failed
	}
	if err := results.Close(); err != nil && !committed {
		return mapError(err)
	}
	return nil
}

func (c call) read(results pgx.BatchResults) error {
	if c.scan != nil {
		return c.scan(results.QueryRow())
	}
	tag, err := results.Exec()
	if c.tag != nil {
		*c.tag = tag
	}
	return err
}

// failed maps an error. commits is true when a COMMIT was sent.
func (c call) failed(err error, commits bool) *engine.Error {
	var said *pgconn.PgError
	server := errors.As(err, &said)
	if c.fenced != "" && server && said.Code == "22012" {
		return &engine.Error{Kind: engine.Fenced, Message: c.fenced, Err: err}
	}
	if c.refused != "" && server && said.Code == "22012" {
		return &engine.Error{Kind: engine.Refused, Message: c.refused, Err: err}
	}
	if c.absent != "" && server && said.Code == "22012" {
		return &engine.Error{Kind: engine.Unexpected, Message: c.absent, Err: err}
	}
	mapped := mapError(err)
	if mapped.Kind == engine.Timeout && (c.commit || (commits && !server)) {
		mapped.Kind = engine.Lost // it was stopped, with an unknown outcome
	}
	return mapped
}

// publicSchema exists in most databases, but some dumps create it too.
var publicSchema = regexp.MustCompile(`(?i)^CREATE\s+SCHEMA\s+("public"|public)$`)

// runs is the text that the server gets.
func runs(st statement.Statement) string {
	if publicSchema.MatchString(st.Text) {
		return "CREATE SCHEMA IF NOT EXISTS public"
	}
	return st.Text
}
