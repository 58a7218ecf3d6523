package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"towpath/internal/engine"
	"towpath/internal/statement"
)

// vet looks at a statement once more, with what only the session knows: the text that is prepared.
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
	if err := s.db.engine.vetPrepared(s.db.target, text); err != nil {
		return &engine.Error{Kind: engine.Refused, Message: "the text that is prepared must not run: " + message(err), Err: err}
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

// prepared is the text that a PREPARE or an EXECUTE IMMEDIATE brings, asked of the server as it reads
// the string or holds the variable; false for an EXECUTE of what was prepared before. Nobody else can
// change a variable of the session in between.
func (s *session) prepared(ctx context.Context, st statement.Statement) (text string, known bool, err error) {
	source, err := sourceOf(st)
	if err != nil || len(source) == 0 {
		return "", false, err
	}
	if err := s.send(ctx); err != nil {
		return "", false, err
	}
	var value sql.NullString
	if err := s.conn.QueryRowContext(ctx, "SELECT CAST("+strings.Join(source, "")+" AS CHAR CHARACTER SET utf8mb4)").Scan(&value); err != nil {
		return "", false, err
	}
	return value.String, value.Valid, nil
}

// sourceOf is the text in quotes, or the tokens of the variable, that a PREPARE or an EXECUTE IMMEDIATE names.
func sourceOf(st statement.Statement) (source []string, err error) {
	l := newLexer()
	for _, err := range statement.Split(strings.NewReader(st.Text), l) {
		if err != nil {
			return nil, err
		}
		for _, r := range l.judge.readings {
			source = r.prepare.source
		}
	}
	return source, nil
}

// written is the text that a PREPARE or an EXECUTE IMMEDIATE has in quotes. What a variable holds, and
// what is escaped, the session asks of the server.
func written(st statement.Statement) (text string, ok bool) {
	if st.Verb != "PREPARE" && st.Verb != "EXECUTE" {
		return "", false
	}
	source, err := sourceOf(st)
	if err != nil || len(source) != 1 || len(source[0]) < 2 || strings.Contains(source[0], `\`) {
		return "", false
	}
	quote := source[0][:1]
	return strings.ReplaceAll(source[0][1:len(source[0])-1], quote+quote, quote), true
}

// vetPrepared refuses what would be refused in a file.
func (e *Engine) vetPrepared(t engine.Target, text string) error {
	n := 0
	for st, err := range statement.Split(strings.NewReader(text), newLexer()) {
		if err != nil {
			return err
		}
		if st.Roles != nil {
			return statement.Errorf(st.Pos, "Users and roles are changed by statements of a file only. Write the statement itself.")
		}
		if err := e.Vet(t, st); err != nil {
			return err
		}
		if n++; n > 1 {
			return statement.Errorf(st.Pos, "it holds more than one statement")
		}
	}
	return nil
}

// guarded says whether a statement may do more than its text says, so that the ledger, the limits and
// the reading of SQL are looked at behind it.
func guarded(st statement.Statement) bool { return st.Verb == "CALL" || st.Verb == "EXECUTE" }

// checkReading makes sure that the server still reads SQL as the splitter does, in this database. A
// variable may have held another mode than the file let expect.
func (s *session) checkReading(ctx context.Context, st statement.Statement) error {
	if st.Verb != "SET" && !guarded(st) {
		return nil
	}
	var mode, client string
	var database sql.NullString
	if err := s.conn.QueryRowContext(ctx, "SELECT @@SESSION.sql_mode, @@SESSION.character_set_client, DATABASE()").Scan(&mode, &client, &database); err != nil {
		return err
	}
	what := ""
	switch {
	case plainMode(mode) != mode:
		what = "sql_mode to " + mode + ", which changes how SQL is read"
	case !strings.HasPrefix(client, "utf8"):
		what = "character_set_client to " + client + ", and files are UTF-8"
	case database.String != s.db.target.Database:
		what = "the database to " + database.String
	default:
		return nil
	}
	s.broken = &engine.Error{Kind: engine.Refused, Message: fmt.Sprintf("the statement has set %s. Nothing more is run in this session", what)}
	return s.broken
}
