// Package mysql reads the SQL of MySQL and MariaDB: where a statement ends, what must not run,
// and what a statement does to a catalog. It needs no database.
package mysql

import (
	"io"
	"iter"
	"strings"

	"towpath/internal/dialect"
	"towpath/internal/statement"
)

// Split cuts a file into its statements. A statement that must not run is a *statement.Error in its
// place.
func Split(script io.Reader) iter.Seq2[statement.Statement, error] {
	return func(yield func(statement.Statement, error) bool) {
		lexer := newLexer()
		lexer.ofFile = true
		for st, err := range statement.SplitFile(script, lexer, transaction()) {
			if err == nil && (st.Verb == "LOCK" || st.Verb == "UNLOCK") {
				continue // around the rows of a dump; our ledger's table is not locked
			}
			if !yield(st, err) {
				return
			}
		}
	}
}

// Parts cuts a script into its statements and yields those that must not run too.
func Parts(script io.Reader) iter.Seq2[statement.Part, error] {
	lexer := newLexer()
	lexer.ofFile = true
	return statement.Parts(script, lexer)
}

// Canonical returns a statement's text without comments, with single blanks between its tokens.
func Canonical(text string) string { return statement.Canonical(text, &lexer{}) }

// Layout writes a CREATE TABLE with one column a line.
func Layout(text string) string { return statement.Layout(text, &lexer{}) }

// QuoteName quotes any name as an identifier.
func QuoteName(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

// Reader reads what statements do to the objects that a catalog shows by name.
func Reader() dialect.Reader {
	return dialect.Reader{Lexer: func() statement.Lexer { return &lexer{} }, Keys: true}
}
