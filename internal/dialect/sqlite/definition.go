package sqlite

import (
	"strings"

	"towpath/internal/statement"
)

// Definition is the text of one object of a catalog.
type Definition struct {
	Flat    string // with single blanks between its tokens, and key words in lower case
	LaidOut string // with a column a line, without a comment at its end
}

// Normalize reads the text that SQLite stores for an object. Its error is the part that cannot be
// read.
func Normalize(text string) (Definition, error) {
	var one Definition
	words := &recorder{}
	for s, err := range statement.Split(strings.NewReader(text), words) {
		if err != nil {
			return one, err
		}
		one.LaidOut = Layout(s.Text)
	}
	one.Flat = strings.Join(words.tokens, " ")
	return one, nil
}

// recorder keeps the tokens of one statement. It refuses nothing, since SQLite has accepted what is
// in a schema.
type recorder struct {
	lexer
	tokens []string
}

// Validator implements statement.Lexer.
func (r *recorder) Validator() statement.Validator { return r }

// Token implements statement.Validator.
func (r *recorder) Token(t statement.Token) (bool, error) {
	if t.Kind == statement.Word {
		r.tokens = append(r.tokens, strings.ToLower(string(t.Raw)))
	} else {
		r.tokens = append(r.tokens, string(t.Raw))
	}
	return false, nil
}

// Finish implements statement.Validator.
func (r *recorder) Finish(*statement.Statement, bool) error { return nil }
