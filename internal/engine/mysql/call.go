package mysql

import (
	"context"
	"database/sql"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"towpath/internal/engine"
)

// call is a statement of ours. Its text has no arguments, which would have the server prepare it first.
type call struct {
	text   string
	scan   func(*sql.Rows) error // reads what it returns; only of the last call that is sent
	fenced string                // what an upsert's overflow says: a newer run has the row
	commit bool                  // nobody knows its outcome without the server's word
}

// maxBatch bounds the text of what is sent at once, far below the least packet that servers are set to.
const maxBatch = 512 << 10

// send brings calls to the server, with those that were queued before them: MariaDB takes all in one round trip, as a
// compound statement, which ends at the first error. What the user wrote is never part of one.
// https://mariadb.com/kb/en/begin-end/ (BEGIN NOT ATOMIC)
func (s *session) send(ctx context.Context, calls ...call) error {
	calls = append(s.queued, calls...)
	s.queued = nil
	committed := false
	for len(calls) > 0 {
		n := 1
		for size := len(calls[0].text); s.db.batches && n < len(calls) && size+len(calls[n].text) <= maxBatch; n++ {
			size += len(calls[n].text)
		}
		batch := calls[:n]
		if err := s.conn.send(ctx, batch); err != nil {
			if s.tainted = true; committed {
				return nil
			}
			return failed(batch, err)
		}
		committed = committed || slices.ContainsFunc(batch, commits)
		calls = calls[n:]
	}
	return nil
}

func commits(c call) bool { return c.commit }

// send is one round trip.
func (c *connection) send(ctx context.Context, batch []call) error {
	last := batch[len(batch)-1]
	text := last.text
	if len(batch) > 1 {
		var compound strings.Builder
		compound.WriteString("BEGIN NOT ATOMIC\n")
		for _, one := range batch {
			compound.WriteString(one.text)
			compound.WriteString(";\n")
		}
		compound.WriteString("END")
		text = compound.String()
	}
	if last.scan == nil {
		_, err := c.ExecContext(ctx, text)
		return err
	}
	rows, err := c.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := last.scan(rows); err != nil {
		return err
	}
	return rows.Close()
}

// outOfRange is the server's number for an overflow.
const outOfRange = 1690

// failed is what an error of one round trip means.
func failed(batch []call, err error) error {
	if number(err) == outOfRange {
		if i := slices.IndexFunc(batch, func(c call) bool { return c.fenced != "" }); i >= 0 {
			return &engine.Error{Kind: engine.Fenced, Message: batch[i].fenced, Err: err}
		}
	}
	mapped := mapError(err)
	if mapped.Kind == engine.Timeout && slices.ContainsFunc(batch, commits) {
		mapped.Kind = engine.Lost // it was stopped, and nobody knows how
	}
	return mapped
}

// literal writes a text as hexadecimal digits, so that it reads the same under every sql_mode and every character set that a
// script may have set.
func literal(text string) string { return "_utf8mb4 X'" + hex.EncodeToString([]byte(text)) + "'" }

// literalTime writes a time; NULL for nil.
func literalTime(at *time.Time) string {
	if at == nil {
		return "NULL"
	}
	return at.UTC().Format("'2006-01-02 15:04:05.000000'")
}
