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

// call is a statement of ours.
type call struct {
	text   string                // with a hole for each argument
	args   []any                 // string, int, int64, or nil
	scan   func(*sql.Rows) error // reads what it returns; only of the last call that is sent
	fenced string                // what an upsert's overflow says: a newer run has the row
	commit bool                  // nobody knows its outcome without the server's word
}

// hole stands for an argument. No name can have it in it.
const hole = "\x00"

// size is how many bytes the call has on its way, at most about.
func (c call) size() int {
	size := len(c.text)
	for _, arg := range c.args {
		text, _ := arg.(string)
		size += 2*len(text) + 32
	}
	return size
}

// maxBatch bounds the text of what is sent at once, far below the least packet that servers are set
// to.
const maxBatch = 512 << 10

// send brings calls to the server, with those that were queued before them: MariaDB takes all in
// one round trip, as a compound statement, which ends at the first error. What the user wrote is
// never part of one. https://mariadb.com/kb/en/begin-end/ (BEGIN NOT ATOMIC)
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

// send is one round trip. Where the session is as it was made, what is sent once more is prepared.
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

// join makes one statement of several calls.
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

// fill writes arguments into the holes of a text.
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

// literal writes a text as hexadecimal digits, so that it reads the same under every sql_mode and
// every character set that a script may have set.
func literal(value any) string {
	switch v := value.(type) {
	case nil:
		return "NULL"
	case string:
		return "_utf8mb4 X'" + hex.EncodeToString([]byte(v)) + "'"
	}
	return fmt.Sprint(value) // a number
}

// maxPrepared is how many statements a connection has prepared. In a turn there are few different
// ones.
const maxPrepared = 16

// statement prepares a text when it comes for the second time; nil for one that goes as it is.
func (c *connection) statement(ctx context.Context, text string) *sql.Stmt {
	stmt, seen := c.prepared[text]
	if seen && stmt == nil {
		// servers before MariaDB 10.6 do not prepare all
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
