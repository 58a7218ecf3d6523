package statement

import (
	"io"
	"iter"
	"strings"
)

// TokenKind tells the tokens of SQL apart as far as splitting needs it.
type TokenKind int

const (
	Word   TokenKind = iota // a key word or a bare name
	Quoted                  // a quoted name
	Text                    // a string
	Symbol                  // one character of anything else
)

// Token is one significant piece of a statement.
type Token struct {
	Kind TokenKind
	Pos  Position
	Raw  []byte // as it stands in the file; valid until the next token is read
}

// Upper returns a word in upper case, "" for any other kind.
func (t Token) Upper() string {
	if t.Kind != Word {
		return ""
	}
	return strings.ToUpper(string(t.Raw))
}

// Is tells whether the token is the given symbol.
func (t Token) Is(symbol byte) bool { return t.Kind == Symbol && t.Raw[0] == symbol }

// Names tells whether the token is name, bare or quoted, in any case.
func (t Token) Names(name string) bool {
	switch t.Kind {
	case Word:
		return len(t.Raw) == len(name) && strings.EqualFold(string(t.Raw), name)
	case Quoted, Text:
		return len(t.Raw) == len(name)+2 && strings.EqualFold(string(t.Raw[1:len(t.Raw)-1]), name)
	}
	return false
}

// Lexer is a dialect's way to read tokens. Errors of a dialect are *Error values.
type Lexer interface {
	// Skip passes over blanks and comments.
	Skip(r *Reader) error
	// Next passes over one significant token and tells its kind. It is called with something to read.
	Next(r *Reader) (TokenKind, error)
	// Judge makes the judge of a statement that is about to begin.
	Judge() Judge
}

// Judge looks at the tokens of one statement in order.
type Judge interface {
	// Token tells whether t is the terminator of the statement. An error means that the statement must not run.
	Token(t Token) (terminator bool, err error)
	// Finish completes the statement's Verb and NoTx; atEnd when the file ended without a terminator.
	Finish(s *Statement, atEnd bool) error
}

// Split cuts a script into the statements of a dialect. Empty statements are left out. The first error ends the sequence.
func Split(script io.Reader, lexer Lexer) iter.Seq2[Statement, error] {
	return func(yield func(Statement, error) bool) {
		r := NewReader(script)
		for {
			s, found, err := next(r, lexer)
			if err != nil {
				yield(Statement{}, err)
				return
			}
			if !found || !yield(s, nil) {
				return
			}
		}
	}
}

// next reads one statement; found is false at the end of the script.
func next(r *Reader, lexer Lexer) (s Statement, found bool, err error) {
	r.drop()
	judge, begun, end := lexer.Judge(), false, 0
	for {
		if err := lexer.Skip(r); err != nil {
			return s, false, err
		}
		if r.Err() != nil {
			return s, false, r.Err()
		}
		if r.End() && !begun {
			return s, false, nil
		}
		if r.End() {
			return finish(r, judge, s, end, true)
		}
		if !begun {
			r.mark()
			s.Pos = r.Pos()
		}
		t := Token{Pos: r.Pos()}
		from := r.length()
		if t.Kind, err = lexer.Next(r); err != nil {
			return s, false, err
		}
		if r.Err() != nil {
			return s, false, r.Err()
		}
		t.Raw = r.kept(from, r.length())
		terminator, err := judge.Token(t)
		switch {
		case err != nil:
			return s, false, err
		case terminator && begun:
			return finish(r, judge, s, end, false)
		case terminator:
			r.drop()
			judge = lexer.Judge()
		default:
			begun, end = true, r.length()
		}
	}
}

func finish(r *Reader, judge Judge, s Statement, end int, atEnd bool) (Statement, bool, error) {
	s.Text = string(r.kept(0, end))
	s.Terminal = r.Pos().Offset
	if err := judge.Finish(&s, atEnd); err != nil {
		return s, false, err
	}
	return s, true, nil
}
