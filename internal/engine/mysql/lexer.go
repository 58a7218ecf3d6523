package mysql

import (
	"strings"

	"towpath/internal/statement"
)

// lexer reads the tokens of MySQL and MariaDB in their default mode, and the mysql client's DELIMITER lines.
// https://dev.mysql.com/doc/refman/8.4/en/comments.html
type lexer struct {
	delimiter   string
	judge       *judge
	conditional *statement.Position // where the conditional comment opened that we are in
}

// Skip implements statement.Lexer. A conditional comment is no comment: the server may run what is in it.
func (l *lexer) Skip(r *statement.Reader) error {
	for {
		c := r.Peek(0)
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			r.Advance(1)
		case c == '#', c == '-' && r.Peek(1) == '-' && r.Peek(2) <= ' ':
			if l.conditional != nil {
				return statement.Errorf(r.Pos(), "A comment inside of a conditional comment is not allowed. Leave it out.")
			}
			r.Comment(1)
			r.Line()
		case c == '/' && r.Peek(1) == '*':
			if conditionalMark(r) > 0 {
				return nil
			}
			r.Comment(2)
			if err := l.skipBlock(r); err != nil {
				return err
			}
		case (c == 'd' || c == 'D') && l.atStart() && isDelimiterLine(r):
			if err := l.readDelimiter(r); err != nil {
				return err
			}
		default:
			return nil
		}
	}
}

func (l *lexer) atStart() bool {
	return l.judge != nil && l.judge.all.seen == 0 && l.conditional == nil
}

// conditionalMark returns the length of the mark that opens a conditional comment here, 0 when none does.
func conditionalMark(r *statement.Reader) int {
	n := 0
	switch {
	case r.HasPrefix("/*!"):
		n = 3
	case r.HasPrefix("/*M!"):
		n = 4
	default:
		return 0
	}
	for digit := r.Peek(n); '0' <= digit && digit <= '9'; digit = r.Peek(n) {
		n++
	}
	return n
}

func (l *lexer) skipBlock(r *statement.Reader) error {
	pos := r.Pos()
	if l.conditional != nil {
		return statement.Errorf(pos, "A comment inside of a conditional comment is not allowed. Leave it out.")
	}
	r.Advance(2)
	if !r.Through("*/") {
		return unclosed(pos, r, "comment")
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

func (l *lexer) readDelimiter(r *statement.Reader) error {
	pos := r.Pos()
	r.Advance(len("delimiter"))
	for r.Peek(0) == ' ' || r.Peek(0) == '\t' {
		r.Advance(1)
	}
	var mark []byte
	for c := r.Peek(0); c > ' ' && c < 0x80 && len(mark) < 16; c = r.Peek(0) {
		mark = append(mark, c)
		r.Advance(1)
	}
	if len(mark) == 0 || strings.ContainsAny(string(mark), "\\'\"`") || r.Peek(0) > ' ' {
		return statement.Errorf(pos, "DELIMITER needs up to 16 signs without quotes and backslashes, such as DELIMITER //.")
	}
	r.Line()
	l.delimiter = string(mark)
	return nil
}

// Next implements statement.Lexer.
func (l *lexer) Next(r *statement.Reader) (statement.TokenKind, error) {
	switch c := r.Peek(0); {
	case l.conditional == nil && r.HasPrefix(l.delimiter):
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

// word ends before a delimiter such as "$$" that is made of a word's characters.
func (l *lexer) word(r *statement.Reader) {
	for wordByte(r.Peek(0)) && (l.conditional != nil || !r.HasPrefix(l.delimiter)) {
		r.Advance(1)
	}
}

func (l *lexer) openConditional(r *statement.Reader) error {
	pos := r.Pos()
	if l.conditional != nil {
		return statement.Errorf(pos, "A conditional comment inside of another is not allowed. Close the first.")
	}
	r.Advance(conditionalMark(r))
	l.conditional = &pos
	return nil
}

// quoted passes over a quote. Inside of a conditional comment it must not hold the comment's end: a server that takes it
// for a comment would end it there.
func (l *lexer) quoted(r *statement.Reader, quote byte, escapes bool) error {
	pos := r.Pos()
	r.Advance(1)
	for !r.End() {
		switch c := r.Peek(0); {
		case c == '*' && r.Peek(1) == '/' && l.conditional != nil:
			return statement.Errorf(r.Pos(), "A quote inside of a conditional comment must not hold */. Write the statement without the comment.")
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
	return c >= 0x80 || c == '_' || c == '$' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// Judge implements statement.Lexer.
func (l *lexer) Judge() statement.Judge {
	l.judge = &judge{lexer: l}
	return l.judge
}
