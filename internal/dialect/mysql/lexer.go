package mysql

import (
	"strings"

	"towpath/internal/statement"
)

// lexer reads the tokens of MySQL and MariaDB in their default mode, and the mysql client's
// DELIMITER lines. https://dev.mysql.com/doc/refman/8.4/en/comments.html
type lexer struct {
	delimiter   string // "" for none
	validator   *validator
	conditional *statement.Position // where the open conditional comment began; nil outside of one
	lineStart   bool                // only blanks since the line began
	saved       map[string]string   // settings saved in user variables, by variable
	locked      bool                // LOCK TABLES was read, and no UNLOCK since
	ofFile      bool                // the text is a file, not a prepared text
	manual      bool                // autocommit was turned off, and not on since
}

// newLexer reads a file from its start.
func newLexer() *lexer { return &lexer{delimiter: ";", lineStart: true} }

// Skip implements statement.Lexer. It does not skip a conditional comment: the server may run its
// content.
func (l *lexer) Skip(r *statement.Reader) error {
	for {
		c := r.Peek(0)
		switch {
		case c == '\n':
			r.Advance(1)
			l.lineStart = true
			continue
		case c == ' ' || (c >= '\t' && c <= '\r'):
			r.Advance(1)
			continue
		case l.delimits(r):
			return nil
		case opensLineComment(r), r.AtMarker():
			if l.conditional != nil {
				return statement.Errorf(r.Pos(), nestedComment)
			}
			r.Comment(1)
			if err := r.Line(); err != nil {
				return err
			}
			continue
		case c == '/' && r.Peek(1) == '*':
			if opensConditional(r) && !neverRun(r) {
				return nil
			}
			r.Comment(2)
			if err := l.skipBlock(r); err != nil {
				return err
			}
		case (c == 'd' || c == 'D') && l.lineStart && l.atStart() && isDelimiterLine(r):
			if err := l.readDelimiter(r); err != nil {
				return err
			}
		default:
			return nil
		}
		l.lineStart = false
	}
}

const nestedComment = "A comment inside a conditional comment is not allowed. Remove it."

// delimits reports whether the delimiter comes next. As in the mysql client it takes precedence
// over a comment.
func (l *lexer) delimits(r *statement.Reader) bool {
	return l.delimiter != "" && l.conditional == nil && r.HasPrefix(l.delimiter)
}

// opensLineComment reports whether a comment up to the line's end begins here: servers accept two
// dashes before a blank, any control character, and the end.
func opensLineComment(r *statement.Reader) bool {
	switch r.Peek(0) {
	case '#':
		return true
	case '-':
		next := r.Peek(2)
		return r.Peek(1) == '-' && (next <= ' ' || next == 0x7f)
	}
	return false
}

func (l *lexer) atStart() bool {
	return l.validator != nil && !l.validator.begun && l.conditional == nil
}

// opensConditional reports whether the comment that begins here is a conditional one.
func opensConditional(r *statement.Reader) bool { return r.HasPrefix("/*!") || r.HasPrefix("/*M!") }

// neverRun reports whether the conditional comment that begins here is for a version that no server
// has, such as the line of mariadb-dump that turns its client's sandbox on.
func neverRun(r *statement.Reader) bool {
	return r.HasPrefix("/*!999999") || r.HasPrefix("/*M!999999")
}

// readMark reads the opening of a conditional comment. Servers read five or six digits as a
// version, and any other number as code.
func readMark(r *statement.Reader) (mark, error) {
	pos := r.Pos()
	m := mark{mariadb: r.Peek(2) == 'M'}
	r.Advance(3)
	if m.mariadb {
		r.Advance(1)
	}
	digits := 0
	for c := r.Peek(0); '0' <= c && c <= '9' && digits < 7; c = r.Peek(0) {
		m.version = 10*m.version + int(c-'0')
		digits++
		r.Advance(1)
	}
	if digits != 0 && digits != 5 && digits != 6 {
		return m, statement.Errorf(pos,
			"The version of a conditional comment must have five or six digits. "+
				"Correct it, or remove the comment.")
	}
	return m, nil
}

// skipBlock skips a comment. Servers disagree about a comment inside of another.
func (l *lexer) skipBlock(r *statement.Reader) error {
	pos := r.Pos()
	if l.conditional != nil {
		return statement.Errorf(pos, nestedComment)
	}
	never, hint := neverRun(r), r.Peek(2) == '+'
	r.Advance(2)
	for !r.End() {
		switch c := r.Peek(0); {
		case c == '*' && r.Peek(1) == '/':
			r.Advance(2)
			return nil
		case never && c == '/' && r.Peek(1) == '*':
			return statement.Errorf(r.Pos(), nestedComment)
		case hint && wordByte(c):
			if err := hintWord(r); err != nil {
				return err
			}
		case hint && (c == '\'' || c == '"' || c == '`'):
			return statement.Errorf(r.Pos(),
				"A hint with quotes is not allowed: servers differ in where it ends. Remove the quotes.")
		default:
			r.Advance(1)
		}
	}
	return unclosed(pos, r, "comment")
}

// hintWord skips a word of a hint. A hint must not set variables.
func hintWord(r *statement.Reader) error {
	pos := r.Pos()
	var word []byte
	for c := r.Peek(0); wordByte(c) && len(word) < 64; c = r.Peek(0) {
		word = append(word, c)
		r.Advance(1)
	}
	switch upper := strings.ToUpper(string(word)); upper {
	case "SET_VAR", "MAX_EXECUTION_TIME", "RESOURCE_GROUP":
		return statement.Errorf(pos,
			"The hint %s is not allowed: it changes limits or settings. Remove it.", upper)
	}
	return nil
}

func isDelimiterLine(r *statement.Reader) bool {
	const word = "delimiter"
	for i := range len(word) {
		if r.Peek(i)|0x20 != word[i] {
			return false
		}
	}
	next := r.Peek(len(word))
	return next == ' ' || next == '\t'
}

// readDelimiter reads the delimiter up to the next blank, as the mysql client does. A delimiter
// with quotes or the ends of a comment could be read in two ways.
func (l *lexer) readDelimiter(r *statement.Reader) error {
	pos := r.Pos()
	r.Advance(len("delimiter"))
	for r.Peek(0) == ' ' || r.Peek(0) == '\t' {
		r.Advance(1)
	}
	var sign []byte
	for c := r.Peek(0); c > ' ' && c < 0x7f && len(sign) < 16; c = r.Peek(0) {
		sign = append(sign, c)
		r.Advance(1)
	}
	text := string(sign)
	if text == "" || strings.ContainsAny(text, "\\'\"`") || r.Peek(0) > ' ' || strings.Contains(text, "/*") ||
		strings.Contains(text, "*/") {
		return statement.Errorf(pos,
			"DELIMITER needs up to 16 characters without quotes, backslashes and comments, "+
				"such as DELIMITER //.")
	}
	l.delimiter = text
	return r.Line()
}

// Next implements statement.Lexer.
func (l *lexer) Next(r *statement.Reader) (statement.TokenKind, error) {
	l.lineStart = false
	switch c := r.Peek(0); {
	case l.delimits(r):
		r.Advance(len(l.delimiter))
		return statement.Symbol, nil
	case c == '\'' || c == '"':
		return statement.Text, l.quoted(r, c, true)
	case c == '`':
		return statement.Quoted, l.quoted(r, c, false)
	case c == '/' && r.Peek(1) == '*':
		return statement.Symbol, l.openConditional(r)
	case c == '*' && r.Peek(1) == '/' && l.conditional != nil:
		l.conditional = nil
		r.Advance(2)
		return statement.Symbol, nil
	case wordByte(c):
		l.word(r)
		return statement.Word, nil
	default:
		r.Advance(1)
		return statement.Symbol, nil
	}
}

// word stops before a delimiter such as "$$" that consists of a word's characters.
func (l *lexer) word(r *statement.Reader) {
	for wordByte(r.Peek(0)) && !l.delimits(r) {
		r.Advance(1)
	}
}

func (l *lexer) openConditional(r *statement.Reader) error {
	pos := r.Pos()
	if l.conditional != nil {
		return statement.Errorf(pos,
			"A conditional comment inside another is not allowed. Close the first.")
	}
	m, err := readMark(r)
	if err != nil {
		return err
	}
	l.conditional = &pos
	if l.validator != nil {
		l.validator.open(pos, m)
	}
	return nil
}

// quoted skips a quoted text. Inside of a conditional comment it must not contain a comment's start
// or end: a server that skips the comment reads those.
func (l *lexer) quoted(r *statement.Reader, quote byte, escapes bool) error {
	pos := r.Pos()
	r.Advance(1)
	for !r.End() {
		switch c := r.Peek(0); {
		case l.conditional != nil && ((c == '*' && r.Peek(1) == '/') || (c == '/' && r.Peek(1) == '*')):
			return statement.Errorf(r.Pos(),
				"A quote inside a conditional comment must not hold /* or */. "+
					"Write the statement without the comment.")
		case c == '\\' && escapes && r.Peek(1) != 0:
			r.Advance(1)
			r.Advance(1)
		case c == quote && r.Peek(1) == quote:
			r.Advance(2)
		case c == quote:
			r.Advance(1)
			return nil
		default:
			r.Advance(1)
		}
	}
	return unclosed(pos, r, "quote")
}

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

// Validator implements statement.Lexer.
func (l *lexer) Validator() statement.Validator {
	l.validator = newValidator(l)
	return l.validator
}
