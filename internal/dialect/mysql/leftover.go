package mysql

import (
	"strings"

	"towpath/internal/statement"
)

// leftover looks for what may be felt in a session after a statement: variables, temporary tables,
// locks, and whatever a routine does. It may find too much, which costs a connection. What a
// trigger or a function does is not to be seen here, see database.plain.
type leftover struct {
	lexer  lexer
	dotted bool   // the last token was a dot
	name   string // the last token if it was a name, with its qualifier's dot
	found  bool
}

// Harmless reports whether nothing of a statement is left in its session.
func Harmless(st statement.Statement) bool {
	if !harmlessVerb(st.Verb) {
		return false
	}
	l := &leftover{}
	for _, err := range statement.Split(strings.NewReader(st.Text), l) {
		if err != nil {
			return false
		}
	}
	return !l.found
}

// harmlessVerb knows the statements that change tables and views, and no more.
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
func (l *leftover) Skip(r *statement.Reader) error { return l.lexer.Skip(r) }

// Next implements statement.Lexer.
func (l *leftover) Next(r *statement.Reader) (statement.TokenKind, error) { return l.lexer.Next(r) }

// Judge implements statement.Lexer.
func (l *leftover) Judge() statement.Judge { return l }

// Token implements statement.Judge.
func (l *leftover) Token(t statement.Token) (bool, error) {
	name := t.Kind == statement.Word || t.Kind == statement.Quoted
	switch {
	case t.Is('@'), t.Kind == statement.Symbol && len(t.Raw) > 1: // a variable, a conditional comment
		l.found = true
	case t.Is('(') &&
		(strings.Contains(l.name, ".") ||
			!ascii(l.name)): // a function of another database, or a name in disguise
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

// lingers names what makes a temporary table, takes a lock, or moves a sequence.
func lingers(word string) bool {
	switch word {
	case "TEMPORARY", "GET_LOCK", "RELEASE_LOCK", "RELEASE_ALL_LOCKS", "NEXT", "NEXTVAL", "PREVIOUS",
		"LASTVAL", "SETVAL":
		return true
	}
	// locks of MySQL's plugins
	return strings.HasPrefix(word, "SERVICE_") || strings.HasPrefix(word, "VERSION_TOKENS_")
}

// ascii reports whether a name is spelled without letters that the server takes for others.
func ascii(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r >= 0x80 })
}

// Finish implements statement.Judge.
func (l *leftover) Finish(*statement.Statement, bool) error { return nil }
