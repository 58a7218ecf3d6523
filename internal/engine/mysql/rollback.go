package mysql

import (
	"context"
	"database/sql"
	"time"

	"towpath/internal/engine"
)

// rollbackLimit bounds the wait for the end of a transaction that has failed.
const rollbackLimit = 5 * time.Second

// notUndone is the number of the warning about tables without transactions, as those of MyISAM and
// Aria.
const notUndone = 1196

// rollback ends a failed transaction, and records when the server has not undone all of it, or does
// not answer.
func (s *session) rollback(ctx context.Context) error {
	s.queued = nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), rollbackLimit)
	defer cancel()
	before, err := s.warned(ctx, notUndone) // a deadlock has undone the transaction with the statement
	if err == nil {
		_, err = s.conn.ExecContext(ctx, "ROLLBACK")
	}
	after := false
	if err == nil {
		after, err = s.warned(ctx, notUndone)
	}
	switch {
	case before || after:
		s.stays = &engine.Error{Kind: engine.Stays, Message: "changes in tables without transactions stay"}
	case err != nil:
		s.stays = &engine.Error{
			Kind:    engine.Stays,
			Message: "the server does not say whether a rollback has undone all", Err: err,
		}
	}
	return err
}

// warned searches the warnings of the last statement for a number.
func (s *session) warned(ctx context.Context, number int) (found bool, err error) {
	rows, err := s.conn.QueryContext(ctx, "SHOW WARNINGS")
	if err != nil {
		return false, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var level, message sql.NullString
		var code int
		if err := rows.Scan(&level, &code, &message); err != nil {
			return false, err
		}
		found = found || code == number
	}
	return found, rows.Err()
}
