package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"towpath"
	"towpath/internal/engine"
)

// mapError maps an error of the driver to its kind. Codes:
// https://www.postgresql.org/docs/current/errcodes-appendix.html
func mapError(err error) *engine.Error {
	var known *engine.Error
	if errors.As(err, &known) {
		return known
	}
	var pgErr *pgconn.PgError
	switch {
	case errors.As(err, &pgErr):
		return &engine.Error{Kind: kindOf(pgErr), Message: towpath.Clip(words(pgErr)), Err: err}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), pgconn.Timeout(err):
		return &engine.Error{Kind: engine.Timeout, Message: "stopped before it finished", Err: err}
	}
	if tooLong := (*pgproto3.ExceededMaxBodyLenErr)(nil); errors.As(err, &tooLong) {
		return &engine.Error{
			Kind: engine.Failed,
			Message: fmt.Sprintf(
				"an object in the database has %d MiB, and Towpath reads at most %d MiB of each: "+
					"a comment, a default, or the body of a view or a routine. Make it shorter",
				tooLong.ActualBodyLen>>20, maxAnswer>>20), Err: err,
		}
	}
	return &engine.Error{Kind: engine.Lost, Message: towpath.Clip(err.Error()), Err: err}
}

func kindOf(e *pgconn.PgError) engine.Kind {
	switch {
	case e.Code == "55P03", e.Code == "40P01",
		e.Code == "40001": // lock_not_available, deadlock, serialization
		return engine.Locked
	case e.Code == "57014": // query_canceled: by statement_timeout or by us
		return engine.Timeout
	case strings.HasPrefix(e.Code, "57P"), strings.HasPrefix(e.Code,
		"08"), e.Code == "25P03": // shutdown, connection, idle too long
		return engine.Lost
	case e.Code == "26000": // a script has removed our prepared statements: a new connection helps
		return engine.Lost
	}
	return engine.Failed
}

// isLockTimeout distinguishes a wait that took too long from a deadlock and from NOWAIT, which come
// at once: too soon for the watch.
func isLockTimeout(err error) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == "55P03" && strings.Contains(pgErr.Message, "timeout")
}

// wayOut is the advice for an error that a statement meets only because its file runs in a
// transaction; "" for other errors.
func wayOut(err error, verb string) string {
	const alone = "Write \"-- towpath: no-transaction\" in the file's first line: its statements then " +
		"commit one by one."
	var pgErr *pgconn.PgError
	if !errors.As(err, &pgErr) {
		return ""
	}
	fromFunction := strings.Contains(pgErr.Message, "from a function")
	switch {
	case pgErr.Code == "55P04": // a value of an enum is used in the transaction that added it
		return alone
	case pgErr.Code == "25001" && pgErr.Routine == "PreventInTransactionBlock" && !fromFunction:
		return alone
	case pgErr.Code == "2D000" && (verb == "CALL" || verb == "DO"): // a procedure or a block commits
		return alone
	case pgErr.Code == "55006" && strings.Contains(pgErr.Message, "pending trigger events"):
		return "Write SET CONSTRAINTS ALL IMMEDIATE before it. Or: " + alone
	}
	return ""
}

// words returns the server's message, with detail and hint.
func words(e *pgconn.PgError) string {
	text := e.Message
	if e.Detail != "" {
		text += " (" + e.Detail + ")"
	}
	if e.Hint != "" {
		text += " Hint: " + e.Hint
	}
	return text + " (SQLSTATE " + e.Code + ")"
}
