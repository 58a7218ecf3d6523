package postgres

import (
	"strings"

	"towpath/internal/statement"
)

// Cut returns the pieces into which the lexer cuts a script, without judging statements. Its error
// is a text that the lexer cannot read.
func Cut(script string) (pieces []string, err error) {
	for s, err := range statement.Split(strings.NewReader(script), tolerant{&lexer{}}) {
		if err != nil {
			return nil, err
		}
		pieces = append(pieces, s.Text)
	}
	return pieces, nil
}

// tolerant refuses nothing.
type tolerant struct{ *lexer }

func (t tolerant) Validator() statement.Validator { return tolerantValidator{t.lexer.Validator()} }

type tolerantValidator struct{ statement.Validator }

func (t tolerantValidator) Token(token statement.Token) (bool, error) {
	terminator, _ := t.Validator.Token(token)
	return terminator, nil
}

func (t tolerantValidator) Finish(s *statement.Statement, atEnd bool) error {
	_ = t.Validator.Finish(s, atEnd)
	return nil
}
