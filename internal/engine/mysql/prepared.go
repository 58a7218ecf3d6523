package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	dialect "towpath/internal/dialect/mysql"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// vet checks a statement again, with what only the session has: the prepared text.
func (s *session) vet(ctx context.Context, st statement.Statement) error {
	if err := s.db.engine.Vet(s.db.target, st); err != nil {
		return &engine.Error{Kind: engine.Refused, Message: message(err), Err: err}
	}
	if st.Verb != "PREPARE" && st.Verb != "EXECUTE" {
		return nil
	}
	text, known, err := s.prepared(ctx, st)
	if err != nil || !known {
		return err
	}
	if err := dialect.ValidatePrepared(text, place(s.db.target)); err != nil {
		return &engine.Error{Kind: engine.Refused, Message: "the prepared text is not allowed: " +
			message(err), Err: err}
	}
	return nil
}

func message(err error) string {
	var refused *statement.Error
	if errors.As(err, &refused) {
		return refused.Message
	}
	return err.Error()
}

// prepared returns the text of a PREPARE or an EXECUTE IMMEDIATE: the server evaluates the string
// or the variable. It returns false for an EXECUTE of a prepared statement. Nothing else can change
// a variable of the session in between.
func (s *session) prepared(ctx context.Context, st statement.Statement) (text string, known bool, err error) {
	source, err := dialect.Source(st)
	if err != nil || len(source) == 0 {
		return "", false, err
	}
	if err := s.send(ctx); err != nil {
		return "", false, err
	}
	var value sql.NullString
	if err := s.conn.QueryRowContext(ctx, "SELECT CAST("+strings.Join(source, "")+
		" AS CHAR CHARACTER SET utf8mb4)").Scan(&value); err != nil {
		return "", false, err
	}
	return value.String, value.Valid, nil
}

// checkReading ensures that the server still reads SQL as the splitter does, in this database. A
// variable may have held another mode than the file suggests.
func (s *session) checkReading(ctx context.Context, st statement.Statement) error {
	if st.Verb != "SET" && !dialect.Composes(st) {
		return nil
	}
	var mode, client string
	var database sql.NullString
	if err := s.conn.QueryRowContext(ctx,
		"SELECT @@SESSION.sql_mode, @@SESSION.character_set_client, DATABASE()").Scan(&mode, &client,
		&database); err != nil {
		return err
	}
	what := ""
	switch {
	case dialect.PlainMode(mode) != mode:
		what = "sql_mode to " + mode + ", which changes how SQL is read"
	case !strings.HasPrefix(client, "utf8"):
		what = "character_set_client to " + client + ", and files are UTF-8"
	case database.String != s.db.target.Database:
		what = "the database to " + database.String
	default:
		return nil
	}
	s.broken = &engine.Error{
		Kind:    engine.Refused,
		Message: fmt.Sprintf("the statement has set %s. Nothing more is run in this session", what),
	}
	return s.broken
}
