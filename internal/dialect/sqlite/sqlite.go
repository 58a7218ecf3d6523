// Package sqlite reads SQLite's SQL: where a statement ends, what must not run, and what a
// statement does to a catalog. It needs no database.
package sqlite

import (
	"io"
	"iter"

	"towpath/internal/dialect"
	"towpath/internal/statement"
)

// Split cuts a file into its statements. A statement that must not run is a *statement.Error in its
// place.
func Split(script io.Reader) iter.Seq2[statement.Statement, error] {
	return statement.SplitFile(script, lexer{}, transaction())
}

// Parts cuts a script into its statements and yields those that must not run too.
func Parts(script io.Reader) iter.Seq2[statement.Part, error] {
	return statement.Parts(script, lexer{})
}

// Canonical returns a statement's text without comments, with single blanks between its tokens.
func Canonical(text string) string { return statement.Canonical(text, lexer{}) }

// Layout writes a CREATE TABLE with one column a line.
func Layout(text string) string { return statement.Layout(text, lexer{}) }

// Reader reads what statements do to the objects that a catalog shows by name.
func Reader() dialect.Reader {
	return dialect.Reader{Lexer: func() statement.Lexer { return lexer{} }}
}
