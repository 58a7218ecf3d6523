package postgres

import (
	"strings"

	"towpath/internal/statement"
)

// lexer reads PostgreSQL's tokens as the server does, rule by rule:
// https://github.com/postgres/postgres/blob/master/src/backend/parser/scan.l Backslashes escape in
// E'…' only: standard_conforming_strings is on and a script may not turn it off.
type lexer struct {
	begun  bool // inside of a statement
	data   bool // the data lines of a COPY come next: they are for psql
	copied bool // a COPY was refused before
}

// Skip implements statement.Lexer. Block comments nest.
func (l *lexer) Skip(r *statement.Reader) error {
	if l.data {
		l.data = false
		skipData(r)
	}
	for {
		switch c := r.Peek(0); {
		case space(c):
			r.Advance(1)
		case c == '-' && r.Peek(1) == '-':
			r.Comment(2)
			skipLine(r)
		case c == '/' && r.Peek(1) == '*':
			r.Comment(2)
			if err := skipBlock(r); err != nil {
				return err
			}
		case c == '\\' && !l.begun && r.Pos().Column == 1 && restricts(r):
			skipLine(r)
		default:
			return nil
		}
	}
}

// space lists the server's white space. A vertical tab counts since version 16, and is an error in
// earlier ones.
func space(c byte) bool { return c == ' ' || ('\t' <= c && c <= '\r') }

func newline(c byte) bool { return c == '\n' || c == '\r' }

// skipLine skips a comment: a carriage return ends it too.
func skipLine(r *statement.Reader) {
	for !r.End() && !newline(r.Peek(0)) {
		r.Advance(1)
	}
}

func skipBlock(r *statement.Reader) error {
	pos, depth := r.Pos(), 0
	for !r.End() {
		switch {
		case r.Peek(0) == '/' && r.Peek(1) == '*':
			depth++
			r.Advance(2)
		case r.Peek(0) == '*' && r.Peek(1) == '/':
			r.Advance(2)
			if depth--; depth == 0 {
				return nil
			}
		default:
			r.Advance(1)
		}
	}
	return unclosed(pos, r, "comment")
}

// restricts reports whether a line is \restrict or \unrestrict with its token, which pg_dump writes
// around a dump.
func restricts(r *statement.Reader) bool {
	at := len(`\restrict `)
	if !r.HasPrefix(`\restrict `) {
		if at = len(`\unrestrict `); !r.HasPrefix(`\unrestrict `) {
			return false
		}
	}
	for first := at; wordByte(r.Peek(at)) && at-first < maxTag; {
		at++
	}
	return newline(r.Peek(at)) || r.Peek(at) == 0
}

// skipData skips the lines after COPY … FROM stdin, up to the line \.
func skipData(r *statement.Reader) {
	for !r.End() {
		skipLine(r)
		for newline(r.Peek(0)) {
			r.Advance(1)
		}
		if r.HasPrefix(`\.`) && (newline(r.Peek(2)) || r.Peek(2) == 0) {
			r.Advance(2)
			return
		}
	}
}

// Next implements statement.Lexer.
func (*lexer) Next(r *statement.Reader) (statement.TokenKind, error) {
	switch c := r.Peek(0); {
	case c == '\'':
		return statement.Text, quoted(r, 0)
	case c == '"':
		return statement.Quoted, quoted(r, 0)
	case prefixed(c) && r.Peek(1) == '\'':
		if c == 'e' || c == 'E' {
			return statement.Text, escaped(r)
		}
		return statement.Text, quoted(r, 1)
	case (c == 'u' || c == 'U') && r.Peek(1) == '&' && r.Peek(2) == '\'':
		return statement.Text, quoted(r, 2)
	case (c == 'u' || c == 'U') && r.Peek(1) == '&' && r.Peek(2) == '"':
		return 0, statement.Errorf(r.Pos(),
			"A name with escapes is not allowed here. Write the characters themselves.")
	case c == '$':
		return dollar(r)
	case digit(c):
		return statement.Word, number(r)
	case wordByte(c):
		for wordByte(r.Peek(0)) || r.Peek(0) == '$' {
			r.Advance(1)
		}
		if r.Peek(0) == 0 && !r.End() {
			r.Advance(1) // marks that this is no text, which matters more than the word
		}
		return statement.Word, nil
	default:
		r.Advance(1)
		return statement.Symbol, nil
	}
}

// prefixed lists the letters that change the meaning of a text: escapes, bits, hexadecimal digits,
// national characters.
func prefixed(c byte) bool { return strings.IndexByte("eEbBxXnN", c) >= 0 }

// quoted reads a text or a name whose quote is n bytes ahead.
func quoted(r *statement.Reader, n int) error {
	pos := r.Pos()
	r.Advance(n)
	quote := r.Peek(0)
	for {
		r.Advance(1)
		if !r.Through(string(quote)) {
			return unclosed(pos, r, "quote")
		}
		if r.Peek(0) != quote && (quote != '\'' || !goesOn(r)) {
			return nil
		}
	}
}

// escaped reads E'…'. The escapes also apply when it continues on another line.
func escaped(r *statement.Reader) error {
	pos := r.Pos()
	r.Advance(2)
	for !r.End() {
		switch {
		case r.Peek(0) == '\\' && r.Peek(1) != 0:
			r.Advance(1)
			r.Advance(1)
		case r.Peek(0) == '\'' && r.Peek(1) == '\'':
			r.Advance(2)
		case r.Peek(0) == '\'':
			r.Advance(1)
			if !goesOn(r) {
				return nil
			}
			r.Advance(1)
		default:
			r.Advance(1)
		}
	}
	return unclosed(pos, r, "quote")
}

// goesOn skips white space and comments after a quote if they contain a line's end and another
// quote follows: both are one text.
// https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS
func goesOn(r *statement.Reader) bool {
	line, n := false, 0
	for {
		switch c := r.Peek(n); {
		case space(c):
			line = line || newline(c)
			n++
		case c == '-' && r.Peek(n+1) == '-':
			for c := r.Peek(n); c != 0 && !newline(c); c = r.Peek(n) {
				n++
			}
		case c == '\'' && line:
			r.Advance(n)
			return true
		default:
			return false
		}
	}
}

// maxTag bounds the tag of a dollar quote.
const maxTag = 255

// dollar reads $tag$ … $tag$, or the $1 of a parameter.
func dollar(r *statement.Reader) (statement.TokenKind, error) {
	if digit(r.Peek(1)) {
		r.Advance(1)
		return statement.Word, number(r)
	}
	n := 1
	for ; n <= maxTag && wordByte(r.Peek(n)); n++ {
	}
	if n > maxTag {
		return 0, statement.Errorf(r.Pos(), "The tag of this dollar quote is too long. Use at most %d bytes.",
			maxTag)
	}
	if r.Peek(n) != '$' {
		r.Advance(1)
		return statement.Symbol, nil
	}
	pos := r.Pos()
	tag := make([]byte, 0, n+1)
	for i := 0; i <= n; i++ {
		tag = append(tag, r.Peek(i))
	}
	r.Advance(len(tag))
	if !r.Through(string(tag)) {
		return 0, unclosed(pos, r, "quote "+string(tag))
	}
	return statement.Text, nil
}

// number reads a number. A character right after it is an error in newer versions and a separate
// token in older ones, where it may open a quote.
func number(r *statement.Reader) error {
	pos := r.Pos()
	if strings.IndexByte("xXoObB", r.Peek(1)) >= 0 && r.Peek(0) == '0' && hexadecimal(r.Peek(2)) {
		for r.Advance(2); hexadecimal(r.Peek(0)) || r.Peek(0) == '_'; {
			r.Advance(1)
		}
	} else {
		digits(r)
		if r.Peek(0) == '.' && r.Peek(1) != '.' {
			r.Advance(1)
			digits(r)
		}
		exponent(r)
	}
	if wordByte(r.Peek(0)) || r.Peek(0) == '$' {
		return statement.Errorf(pos,
			"What follows this number belongs to it in some versions of PostgreSQL. "+
				"Put a space after the number.")
	}
	return nil
}

func digits(r *statement.Reader) {
	for digit(r.Peek(0)) || (r.Peek(0) == '_' && digit(r.Peek(1))) {
		r.Advance(1)
	}
}

func exponent(r *statement.Reader) {
	if r.Peek(0) != 'e' && r.Peek(0) != 'E' {
		return
	}
	n := 1
	if r.Peek(1) == '+' || r.Peek(1) == '-' {
		n = 2
	}
	if digit(r.Peek(n)) {
		r.Advance(n)
		digits(r)
	}
}

func unclosed(pos statement.Position, r *statement.Reader, what string) error {
	if r.Err() != nil {
		return r.Err()
	}
	return statement.Errorf(pos, "The %s that opens here is never closed.", what)
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func hexadecimal(c byte) bool { return digit(c) || ('a' <= c|0x20 && c|0x20 <= 'f') }

// wordByte lists the bytes of a bare name: every character that is not ASCII too, even a no-break
// space.
func wordByte(c byte) bool {
	return c >= 0x80 || c == '_' || digit(c) || ('a' <= c|0x20 && c|0x20 <= 'z')
}
