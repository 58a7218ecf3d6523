package mysql

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"towpath/internal/engine"
)

// call is one of our own statements.
type call struct {
	text   string                // with a placeholder for each argument
	args   []any                 // string, int, int64, or nil
	scan   func(*sql.Rows) error // reads the result; only for the last call of a batch
	fenced string                // what an upsert's overflow means: a newer run has the row
	commit bool                  // its outcome is unknown without the server's answer
}

// hole is the placeholder of an argument. No name can contain it.
const hole = "\x00"

// size is about the maximum of bytes that the call sends.
func (c call) size() int {
	size := len(c.text)
	for _, arg := range c.args {
		text, _ := arg.(string)
		size += 2*len(text) + 32
	}
	return size
}

// maxBatch bounds the text that is sent at once, far below the smallest packet limit of servers.
const maxBatch = 512 << 10

// send sends calls to the server, after those that were queued: MariaDB takes all in one round
// trip, as a compound statement, which ends at the first error. User statements are never part of
// one. https://mariadb.com/kb/en/begin-end/ (BEGIN NOT ATOMIC)
func (s *session) send(ctx context.Context, calls ...call) error {
	calls = append(s.queued, calls...)
	s.queued = nil
	committed := false
	for len(calls) > 0 {
		n := 1
		for size := calls[0].size(); s.db.batches && n < len(calls); n++ {
			if size += calls[n].size(); size > maxBatch {
				break
			}
		}
		batch := calls[:n]
		if err := s.conn.send(ctx, batch, s.used && !s.marked); err != nil {
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

// send makes one round trip. If the session is unchanged, a repeated text is sent as a prepared
// statement.
func (c *connection) send(ctx context.Context, batch []call, prepare bool) error {
	text, args := join(batch)
	var stmt *sql.Stmt
	if prepare && len(args) > 0 {
		stmt = c.statement(ctx, text)
	}
	query, exec := c.QueryContext, c.ExecContext
	if stmt == nil {
		text, args = fill(text, args), nil
	} else {
		query = func(ctx context.Context, _ string, args ...any) (*sql.Rows, error) {
			return stmt.QueryContext(ctx, args...)
		}
		exec = func(ctx context.Context, _ string, args ...any) (sql.Result, error) {
			return stmt.ExecContext(ctx, args...)
		}
	}
	scan := batch[len(batch)-1].scan
	if scan == nil {
		_, err := exec(ctx, text, args...)
		return err
	}
	rows, err := query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	if err := scan(rows); err != nil {
		return err
	}
	return errors.Join(rows.Err(), rows.Close())
}

// join combines several calls into one statement.
func join(batch []call) (text string, args []any) {
	if len(batch) == 1 {
		return batch[0].text, batch[0].args
	}
	var compound strings.Builder
	compound.WriteString("BEGIN NOT ATOMIC\n")
	for _, one := range batch {
		compound.WriteString(one.text + ";\n")
		args = append(args, one.args...)
	}
	compound.WriteString("END")
	return compound.String(), args
}

// fill replaces the placeholders of a text by arguments.
func fill(text string, args []any) string {
	if len(args) == 0 {
		return text
	}
	var filled strings.Builder
	for _, arg := range args {
		before, after, _ := strings.Cut(text, hole)
		filled.WriteString(before + literal(arg))
		text = after
	}
	return filled.String() + text
}

// literal writes a text in hexadecimal digits, which are the same under every sql_mode and
// character set that a script may have set.
func literal(value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case string:
		return "_utf8mb4 X'" + hex.EncodeToString([]byte(v)) + "'"
	}
	return fmt.Sprint(value) // a number
}

// maxPrepared is how many prepared statements a connection has. A batch uses few different ones.
const maxPrepared = 16

// statement prepares a text at its second use; it returns nil for a text that is sent unprepared.
func (c *connection) statement(ctx context.Context, text string) *sql.Stmt {
	stmt, seen := c.prepared[text]
	if seen && stmt == nil {
		// servers before MariaDB 10.6 cannot prepare every statement
		stmt, _ = c.PrepareContext(ctx, strings.ReplaceAll(text, hole, "?"))
	}
	if seen || len(c.prepared) < maxPrepared {
		if c.prepared == nil {
			c.prepared = map[string]*sql.Stmt{}
		}
		c.prepared[text] = stmt
	}
	return stmt
}

// outOfRange is the server's number for an overflow.
const outOfRange = 1690

// failed maps the error of one round trip.
func failed(batch []call, err error) error {
	if number(err) == outOfRange {
		if i := slices.IndexFunc(batch, func(c call) bool { return c.fenced != "" }); i >= 0 {
			return &engine.Error{Kind: engine.Fenced, Message: batch[i].fenced, Err: err}
		}
	}
	if number(err) == unknownName && slices.ContainsFunc(batch, func(c call) bool { return c.text == release }) {
		return &engine.Error{Kind: engine.Locked, Message: undone, Err: err}
	}
	mapped := mapError(err)
	if mapped.Kind == engine.Timeout && slices.ContainsFunc(batch, commits) {
		mapped.Kind = engine.Lost // it was stopped, with an unknown outcome
	}
	return mapped
}
