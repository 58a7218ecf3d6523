package sqlite

import (
	"bytes"

	"towpath/internal/dialect"
	"towpath/internal/statement"
)

// lexer reads SQLite's tokens as https://www.sqlite.org/src/file?name=src/tokenize.c does.
type lexer struct{}

// Skip implements statement.Lexer. A block comment may stay open until the end of the file.
func (lexer) Skip(r *statement.Reader) error {
	for {
		switch c := r.Peek(0); {
		case c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r':
			for r.Advance(1); blank(r.Peek(0)); {
				r.Advance(1)
			}
		case c == '-' && r.Peek(1) == '-':
			r.Comment(2)
			if err := r.Line(); err != nil {
				return err
			}
		case c == '/' && r.Peek(1) == '*' && r.Peek(2) != 0:
			r.Comment(2)
			r.Advance(2)
			r.Through("*/")
		case c == 0xEF && r.HasPrefix("\ufeff"):
			r.Advance(3)
		default:
			return nil
		}
	}
}

// Next implements statement.Lexer.
func (lexer) Next(r *statement.Reader) (statement.TokenKind, error) {
	switch c := r.Peek(0); {
	case c == '\'':
		return statement.Text, quoted(r, c)
	case c == '"' || c == '`':
		return statement.Quoted, quoted(r, c)
	case c == '[':
		pos := r.Pos()
		if !r.Through("]") {
			return 0, unclosed(pos, r, "bracket")
		}
		return statement.Quoted, nil
	case c == '$' || c == '@' || c == ':' || c == '#' || c == '?':
		parameter(r)
		return statement.Symbol, nil
	case wordByte(c):
		for wordByte(r.Peek(0)) {
			r.Advance(1)
		}
		return statement.Word, nil
	default:
		r.Advance(1)
		return statement.Symbol, nil
	}
}

// quoted skips a quoted text in which the quote character is doubled.
func quoted(r *statement.Reader, quote byte) error {
	pos := r.Pos()
	r.Advance(1)
	for {
		if !r.Through(string(quote)) {
			return unclosed(pos, r, "quote")
		}
		if r.Peek(0) != quote {
			return nil
		}
		r.Advance(1)
	}
}

// parameter skips a variable, whose parentheses may contain anything except blanks: $a::b(;).
func parameter(r *statement.Reader) {
	numbered := r.Peek(0) == '?'
	letters := 0
	for r.Advance(1); ; r.Advance(1) {
		switch c := r.Peek(0); {
		case numbered && (c < '0' || c > '9'):
			return
		case wordByte(c):
			letters++
		case c == '(' && letters > 0:
			within(r)
			return
		case c == ':' && r.Peek(1) == ':':
			r.Advance(1)
		default:
			return
		}
	}
}

// within skips the parentheses of a variable.
func within(r *statement.Reader) {
	for r.Advance(1); !r.End() && !blank(r.Peek(0)); r.Advance(1) {
		if r.Peek(0) == ')' {
			r.Advance(1)
			return
		}
	}
}

// blank reports whether SQLite reads a byte as white space after another and within a token: a
// vertical tab too, which cannot come first.
func blank(c byte) bool { return c == ' ' || ('\t' <= c && c <= '\r') }

func unclosed(pos statement.Position, r *statement.Reader, what string) error {
	if r.Err() != nil {
		return r.Err()
	}
	return statement.Errorf(pos, "The %s that opens here is never closed.", what)
}

func wordByte(c byte) bool {
	return c >= 0x80 || c == '_' || c == '$' || ('0' <= c && c <= '9') || ('a' <= c && c <= 'z') ||
		('A' <= c && c <= 'Z')
}

// transaction lists the statements that may enclose a whole file.
// https://www.sqlite.org/lang_transaction.html
func transaction() statement.Transaction {
	return statement.Transaction{
		Begin: []string{
			"BEGIN", "BEGIN TRANSACTION", "BEGIN DEFERRED", "BEGIN DEFERRED TRANSACTION",
			"BEGIN IMMEDIATE",
			"BEGIN IMMEDIATE TRANSACTION", "BEGIN EXCLUSIVE", "BEGIN EXCLUSIVE TRANSACTION",
		},
		End: []string{"COMMIT", "COMMIT TRANSACTION", "END", "END TRANSACTION"},
	}
}

// Validator implements statement.Lexer.
func (lexer) Validator() statement.Validator { return &validator{} }

// validator finds the end of a statement, keeps the body of a trigger whole, and refuses what must
// not run.
type validator struct {
	begin   statement.Position
	verb    statement.Verb
	seen    int
	explain string // EXPLAIN [QUERY PLAN], as far as it was read
	rule    rule   // nil before the first word
	names   names
	trigger triggerState
	pragma  pragmaRule
}

// triggerState follows sqlite3_complete: a trigger ends with "; END ;".
type triggerState int

const (
	noTrigger triggerState = iota
	inTrigger
	afterSemicolon
	afterEnd
)

// Token implements statement.Validator.
func (v *validator) Token(t statement.Token) (bool, error) {
	if v.seen++; v.seen == 1 {
		v.begin = t.Pos
		if t.Is('.') {
			return false, &statement.Error{
				Pos: t.Pos, Through: "\n",
				Message: "Commands with a dot belong to the sqlite3 shell and are not SQL. " +
					"Remove this line.",
			}
		}
	}
	if v.ends(t) {
		return true, nil
	}
	err := v.refuse(t)
	if object, ok := v.rule.(*objectRule); ok && v.trigger == noTrigger && object.creates("TRIGGER") {
		v.trigger = inTrigger
	}
	return false, err
}

// ends reports whether t is the statement's terminator.
func (v *validator) ends(t statement.Token) bool {
	semicolon := t.Is(';')
	switch {
	case v.trigger == noTrigger:
		return semicolon
	case semicolon && v.trigger == afterEnd:
		return true
	case semicolon:
		v.trigger = afterSemicolon
	case v.trigger == afterSemicolon && upper(t) == "END":
		v.trigger = afterEnd
	default:
		v.trigger = inTrigger
	}
	return false
}

// refuse returns the refusal that a token causes.
func (v *validator) refuse(t statement.Token) error {
	if v.rule == nil && v.explained(t) {
		return nil
	}
	v.verb.Add(t)
	if err := v.names.add(t); err != nil {
		return err
	}
	if variable(t) {
		return statement.Errorf(t.Pos,
			"%s is a parameter, and has no value. Write the value itself.", t.Raw)
	}
	if v.rule == nil {
		return v.first(t)
	}
	return v.rule.add(t)
}

// explained skips EXPLAIN and EXPLAIN QUERY PLAN.
func (v *validator) explained(t statement.Token) bool {
	word := upper(t)
	switch v.explain + " " + word {
	case " EXPLAIN", "EXPLAIN QUERY", "QUERY PLAN":
		v.explain = word
		return true
	}
	return false
}

func variable(t statement.Token) bool {
	return t.Kind == statement.Symbol && bytes.IndexByte([]byte("?$@#:"), t.Raw[0]) >= 0
}

// state returns what the statement leaves in its session. An EXPLAIN leaves nothing.
func (v *validator) state() statement.State {
	switch rule := v.rule.(type) {
	case *pragmaRule:
		return statement.Setting
	case *objectRule:
		if rule.temporary && v.explain == "" {
			return statement.Temporary
		}
	}
	return statement.NoState
}

// Finish implements statement.Validator.
func (v *validator) Finish(s *statement.Statement, atEnd bool) error {
	if v.rule == nil {
		return statement.Errorf(v.begin, "EXPLAIN needs a statement.")
	}
	if err := v.rule.end(); err != nil {
		return err
	}
	if atEnd && (v.trigger == inTrigger || v.trigger == afterSemicolon) {
		return statement.Errorf(v.begin,
			"The trigger that begins here has no end. Close its body with \"END;\".")
	}
	s.Verb = v.verb.String()
	s.Whole = dialect.FailsWhole(s.Verb)
	s.State = v.state()
	_, off := v.pragma.keys()
	s.NoKeys = s.Verb == "DROP TABLE" || off
	return nil
}
