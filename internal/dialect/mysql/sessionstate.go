package mysql

import (
	"strings"

	"towpath/internal/statement"
)

// sessionState detects statements that may leave state in their session: variables, temporary tables,
// locks, and the effects of routines. A false positive only costs a connection. Triggers and
// functions are not visible here, see database.plain.
type sessionState struct {
	lexer  lexer
	dotted bool   // the last token was a dot
	name   string // the last token if it was a name, with its qualifier's dot
	found  bool
}

// Harmless reports whether a statement leaves nothing in its session.
func Harmless(st statement.Statement) bool {
	if !harmlessVerb(st.Verb) {
		return false
	}
	l := &sessionState{}
	for _, err := range statement.Split(strings.NewReader(st.Text), l) {
		if err != nil {
			return false
		}
	}
	return !l.found
}

// harmlessVerb lists the statements that only change tables and views.
func harmlessVerb(verb string) bool {
	switch verb {
	case "SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "TRUNCATE", "CREATE TABLE", "ALTER TABLE",
		"DROP TABLE", "RENAME TABLE",
		"CREATE INDEX", "DROP INDEX", "CREATE VIEW", "ALTER VIEW", "DROP VIEW":
		return true
	}
	return false
}

// Skip implements statement.Lexer.
func (l *sessionState) Skip(r *statement.Reader) error { return l.lexer.Skip(r) }

// Next implements statement.Lexer.
func (l *sessionState) Next(r *statement.Reader) (statement.TokenKind, error) { return l.lexer.Next(r) }

// Validator implements statement.Lexer.
func (l *sessionState) Validator() statement.Validator { return l }

// Token implements statement.Validator.
func (l *sessionState) Token(t statement.Token) (bool, error) {
	name := t.Kind == statement.Word || t.Kind == statement.Quoted
	switch {
	case t.Is('@'), t.Kind == statement.Symbol && len(t.Raw) > 1: // a variable, a conditional comment
		l.found = true
	case t.Is('(') &&
		(strings.Contains(l.name, ".") ||
			!ascii(l.name)): // a function of another database, or a disguised name
		l.found = true
	case name && lingers(strings.ToUpper(plainName(t))):
		l.found = true
	}
	switch {
	case name && l.dotted:
		l.name = "." + plainName(t)
	case name:
		l.name = plainName(t)
	default:
		l.name = ""
	}
	l.dotted = t.Is('.')
	return false, nil
}

// lingers lists the words that create a temporary table, take a lock, or advance a sequence.
func lingers(word string) bool {
	switch word {
	case "TEMPORARY", "GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", "NEXT", "NEXTVAL", "PREVIOUS",
		"LASTVAL", "SETVAL":
		return true
	}
	// locks of MySQL's plugins
	return strings.HasPrefix(word, "SERVICE_") || strings.HasPrefix(word, "VERSION_TOKENS_")
}

// ascii reports whether a name has only ASCII letters, which the server cannot take for others.
func ascii(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 })
}

// Finish implements statement.Validator.
func (l *sessionState) Finish(*statement.Statement, bool) error { return nil }
