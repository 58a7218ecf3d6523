package statement

import (
	"iter"
	"strings"
)

// Tokens reads the tokens of a text, without blanks and comments. An error ends the sequence: the
// rest of the text cannot be read. A token's Raw is valid until the next one is read.
func Tokens(text string, lexer Lexer) iter.Seq2[Token, error] {
	return func(yield func(Token, error) bool) {
		r := newTextReader(text)
		r.mark()
		for {
			err := lexer.Skip(r)
			if err == nil {
				err = r.Err()
			}
			if err != nil {
				yield(Token{}, err)
				return
			}
			if r.End() {
				return
			}
			t := Token{Pos: r.Pos()}
			from := r.length()
			if t.Kind, err = lexer.Next(r); err == nil {
				err = r.Err()
			}
			if err != nil {
				yield(Token{}, err)
				return
			}
			t.Raw = r.kept(from, r.length())
			if !yield(t, nil) {
				return
			}
		}
	}
}

// Canonical returns the text of one statement with single blanks between its tokens and without
// comments. Statements with equal texts do the same. It returns a text that cannot be read
// unchanged.
func Canonical(text string, lexer Lexer) string {
	var out strings.Builder
	for t, err := range Tokens(text, lexer) {
		if err != nil {
			return text
		}
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.Write(t.Raw)
	}
	return out.String()
}
