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

func (t tolerant) Judge() statement.Judge { return tolerantJudge{t.lexer.Judge()} }

type tolerantJudge struct{ statement.Judge }

func (t tolerantJudge) Token(token statement.Token) (bool, error) {
	terminator, _ := t.Judge.Token(token)
	return terminator, nil
}

func (t tolerantJudge) Finish(s *statement.Statement, atEnd bool) error {
	_ = t.Judge.Finish(s, atEnd)
	return nil
}
