package mysql

import (
	"towpath/internal/statement"
)

// prepare follows PREPARE, EXECUTE and DEALLOCATE. The text that is prepared must be a string or a
// variable, so that the session can look at it before the server does.
type prepare struct {
	on     bool
	verb   string
	stage  prepareStage
	source []string // the text itself in quotes, or the tokens of a variable
}

type prepareStage int

const (
	prepareName prepareStage = iota
	prepareSource
	prepareVariable // an @ was read
	prepareRest
)

// add looks at the next token behind the first word.
func (p *prepare) add(t statement.Token, word string) error {
	switch p.stage {
	case prepareName:
		if word == "FROM" || (p.verb == "EXECUTE" && word == "IMMEDIATE") {
			p.stage = prepareSource
		}
		return nil
	case prepareSource:
		p.source = append(p.source, string(t.Raw))
		switch {
		case t.Is('@'):
			p.stage = prepareVariable
			return nil
		case t.Kind == statement.Text:
			p.stage = prepareRest
			return nil
		}
	case prepareVariable:
		p.source = append(p.source, string(t.Raw))
		p.stage = prepareRest
		if !t.Is('@') {
			return nil
		}
	case prepareRest:
		if word == "USING" || p.verb == "" {
			p.verb = "" // arguments are free
			return nil
		}
		if word == "INTO" || t.Is(';') {
			return nil
		}
	}
	p.on = false
	return statement.Errorf(t.Pos, "Prepare a string, or a variable that was set before: SET @sql = …; PREPARE change FROM @sql. Its text is looked at then.")
}

func (p *prepare) finish(begin statement.Position) error {
	if p.stage == prepareSource || p.stage == prepareVariable {
		return statement.Errorf(begin, "The text that is prepared is missing.")
	}
	return nil
}
