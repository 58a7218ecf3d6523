package mysql

import (
	"strings"

	"towpath/internal/statement"
)

// prepare reads PREPARE, EXECUTE and DEALLOCATE. The prepared text must be a string or a variable,
// so that the session can check it before the server gets it.
type prepare struct {
	on     bool
	verb   string
	stage  prepareStage
	source []string // the quoted text, or the tokens of a variable
}

type prepareStage int

const (
	prepareName prepareStage = iota
	prepareSource
	prepareVariable // an @ was read
	prepareRest
)

// add reads the next token after the first word.
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
			p.verb = "" // arguments are not restricted
			return nil
		}
		if word == "INTO" || t.Is(';') {
			return nil
		}
	}
	p.on = false
	return statement.Errorf(t.Pos,
		"Prepare a string, or a variable that the file has set: SET @sql = …; PREPARE change FROM @sql. "+
			"Towpath checks its text.")
}

func (p *prepare) finish(begin statement.Position) error {
	if p.stage == prepareSource || p.stage == prepareVariable {
		return statement.Errorf(begin, "The text to prepare is missing.")
	}
	return nil
}

// Source returns the quoted text, or the tokens of the variable, in a PREPARE or an EXECUTE
// IMMEDIATE.
func Source(st statement.Statement) (source []string, err error) {
	l := newLexer()
	for _, err := range statement.Split(strings.NewReader(st.Text), l) {
		if err != nil {
			return nil, err
		}
		for _, r := range l.validator.readings {
			source = r.prepare.source
		}
	}
	return source, nil
}

// written returns the quoted text of a PREPARE or an EXECUTE IMMEDIATE. The session queries the
// server for the value of a variable and for escaped text.
func written(st statement.Statement) (text string, ok bool) {
	if st.Verb != "PREPARE" && st.Verb != "EXECUTE" {
		return "", false
	}
	source, err := Source(st)
	if err != nil || len(source) != 1 || len(source[0]) < 2 || strings.Contains(source[0], `\`) {
		return "", false
	}
	quote := source[0][:1]
	return strings.ReplaceAll(source[0][1:len(source[0])-1], quote+quote, quote), true
}

// ValidatePrepared refuses a prepared text for the same reasons as a file.
func ValidatePrepared(text string, t Target) error {
	n := 0
	for st, err := range statement.Split(strings.NewReader(text), newLexer()) {
		if err != nil {
			return err
		}
		if st.Roles != nil {
			return statement.Errorf(st.Pos,
				"Prepared text cannot change users and roles. Write the statement itself.")
		}
		if why := Unsafe(st); why != "" && t.Scratch {
			return statement.Errorf(st.Pos, "%s", why)
		}
		if err := Validate(st, t); err != nil {
			return err
		}
		if n++; n > 1 {
			return statement.Errorf(st.Pos, "it holds more than one statement")
		}
	}
	return nil
}

// Composes reports whether a statement may do more than its text shows, so that the ledger, the
// limits and the settings for reading SQL are checked after it.
func Composes(st statement.Statement) bool { return st.Verb == "CALL" || st.Verb == "EXECUTE" }
