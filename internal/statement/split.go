package statement

import (
	"errors"
	"io"
	"iter"
	"strings"
)

// TokenKind is the kind of a token, as far as splitting needs it.
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
	Raw  []byte // as written in the file; valid until the next token is read
}

// Upper returns a word in upper case, "" for any other kind.
func (t Token) Upper() string {
	if t.Kind != Word {
		return ""
	}
	return strings.ToUpper(string(t.Raw))
}

// Is reports whether the token is the given symbol.
func (t Token) Is(symbol byte) bool { return t.Kind == Symbol && t.Raw[0] == symbol }

// Names reports whether the token is name, bare or quoted, in any case.
func (t Token) Names(name string) bool {
	switch t.Kind {
	case Word:
		return len(t.Raw) == len(name) && strings.EqualFold(string(t.Raw), name)
	case Quoted, Text:
		return len(t.Raw) == len(name)+2 && strings.EqualFold(string(t.Raw[1:len(t.Raw)-1]), name)
	}
	return false
}

// Lexer reads the tokens of a dialect. Errors of a dialect are *Error values.
type Lexer interface {
	// Skip skips blanks and comments.
	Skip(r *Reader) error
	// Next reads one significant token and returns its kind. It is never called at the end.
	Next(r *Reader) (TokenKind, error)
	// Validator returns the validator for the next statement.
	Validator() Validator
}

// Validator checks the tokens of one statement in order.
type Validator interface {
	// Token reports whether t is the terminator of the statement. An *Error means that the
	// statement must not run; the validator still gets the tokens up to the statement's end.
	Token(t Token) (terminator bool, err error)
	// Finish sets the statement's Verb, NoTx and the other results of reading; atEnd is true when
	// the file ended without a terminator. ErrPassOver leaves the statement out.
	Finish(s *Statement, atEnd bool) error
}

// ErrPassOver reports that a statement need not run: its setting already has the value.
var ErrPassOver = errors.New("nothing to run")

// Split cuts a script into the statements of a dialect. It leaves out empty statements. A statement
// that must not run is an *Error in its place, and the sequence continues after it; a text that
// cannot be read ends the sequence.
func Split(script io.Reader, lexer Lexer) iter.Seq2[Statement, error] {
	return func(yield func(Statement, error) bool) {
		r := NewReader(script)
		for {
			p, err := next(r, lexer)
			if err != nil {
				yield(Statement{}, err)
				return
			}
			if !p.found || !p.tell(yield) {
				return
			}
		}
	}
}

// A Part is one statement of a script, whether it may run or not.
type Part struct {
	Statement
	// Refused is why the statement must not run; nil when it may. Text is empty where the rest of a
	// line belongs to a client's command.
	Refused *Error
}

// Parts cuts a script as Split does and yields the statements that must not run too. An error ends
// the sequence: the text behind it cannot be read. It reads the markers of migration tools as
// SplitFile does.
func Parts(script io.Reader, lexer Lexer) iter.Seq2[Part, error] {
	return func(yield func(Part, error) bool) {
		r := newFileReader(script)
		for {
			p, err := next(r, lexer)
			for _, e := range r.markers() {
				if !yield(Part{Statement: Statement{Pos: e.Pos}, Refused: e}, nil) {
					return
				}
			}
			if err != nil {
				yield(Part{}, err)
				return
			}
			if !p.found || !yield(Part{Statement: p.Statement, Refused: p.refused}, nil) {
				return
			}
		}
	}
}

// piece is the text up to a terminator.
type piece struct {
	Statement
	found   bool     // false at the end of the script
	words   []string // the first few tokens in upper case, "" for a token that is not a word
	refused *Error   // the first thing in it that must not run
	passed  bool     // it is left out
}

func (p piece) tell(yield func(Statement, error) bool) bool {
	switch {
	case p.refused != nil:
		return yield(Statement{}, p.refused)
	case p.passed:
		return true
	}
	return yield(p.Statement, nil)
}

// maxWords is one more than the number of words that are compared as a whole.
const maxWords = 4

// next reads one statement. Its error means that nothing more can be read.
func next(r *Reader, lexer Lexer) (p piece, err error) {
	r.drop()
	validator, end := lexer.Validator(), 0
	for {
		if err := lexer.Skip(r); err != nil {
			return p, err
		}
		if r.Err() != nil {
			return p, r.Err()
		}
		if r.End() && !p.found {
			return p, nil
		}
		if r.End() || r.ended(p.found, end) {
			return p, p.finish(r, validator, end, true)
		}
		if !p.found {
			r.mark()
			p.Pos = r.Pos()
		}
		t := Token{Pos: r.Pos()}
		from := r.length()
		if t.Kind, err = lexer.Next(r); err != nil {
			return p, err
		}
		if r.Err() != nil {
			return p, r.Err()
		}
		t.Raw = r.kept(from, r.length())
		if r.front != nil {
			r.front.token(t, r.Pos().Offset)
		}
		terminator, err := validator.Token(t)
		if err := p.refuse(err); err != nil {
			return p, err
		}
		switch {
		case p.refused != nil && p.refused.Through != "":
			p.found = true
			r.Through(p.refused.Through)
			return p, r.Err()
		case terminator && p.found:
			return p, p.finish(r, validator, end, false)
		case terminator:
			r.drop()
			validator = lexer.Validator()
		default:
			p.found, end = true, r.length()
			if len(p.words) < maxWords {
				p.words = append(p.words, t.Upper())
			}
		}
	}
}

// refuse keeps a validator's first refusal of the statement, and returns any other error.
func (p *piece) refuse(err error) error {
	var refused *Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, ErrPassOver):
		p.passed = true
	case !errors.As(err, &refused):
		return err
	case p.refused == nil:
		p.refused = refused
	}
	return nil
}

func (p *piece) finish(r *Reader, validator Validator, end int, atEnd bool) error {
	p.Text = string(r.kept(0, end))
	p.Terminal = r.Pos().Offset
	if err := p.refuse(validator.Finish(&p.Statement, atEnd)); err != nil {
		return err
	}
	if p.refused != nil && p.refused.Through != "" {
		r.Through(p.refused.Through)
	}
	return r.Err()
}
