// Package sqlparse reads statements into the tree of package ast. Parsers are large, and committers
// choose what they read, so that everybody but tests parses through a Pool: in a child process with
// bounds for memory and time.
package sqlparse

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode/utf8"

	"towpath"
	"towpath/internal/ast"
)

// MaxStatement is how many bytes a statement may have to be analyzed.
const MaxStatement = 1 << 20

// Text is a statement as an engine's Split cuts it.
type Text struct {
	Pos  ast.Position `json:"pos"` // of its first character in the file
	Text string       `json:"text"`
}

// Result is what is known of one Text. Exactly one of its fields is set, and its positions are
// places in the file.
type Result struct {
	// one; more for a statement that holds others, such as CREATE SCHEMA with tables
	Statements  []ast.Statement `json:"statements,omitempty"`
	NotAnalyzed *NotAnalyzed    `json:"notAnalyzed,omitempty"`
	SyntaxError *SyntaxError    `json:"syntaxError,omitempty"`
}

// NotAnalyzed says that a statement may be fine and that nobody could look into it.
type NotAnalyzed struct {
	Pos ast.Position `json:"pos"`
	Why string       `json:"why"` // a clause for people, such as "the parser ran out of time"
}

// Error implements error.
func (e *NotAnalyzed) Error() string { return e.Why }

// SyntaxError says that no server of the dialect reads a statement.
type SyntaxError struct {
	Pos     ast.Position `json:"pos"`
	Message string       `json:"message"` // in the parser's words
}

// Error implements error.
func (e *SyntaxError) Error() string { return e.Message }

// A reader reads one statement. Positions of its tree and of its errors are places in the text: the
// first character is 1:1. An error is *NotAnalyzed or *SyntaxError, and any other is a defect.
type reader func(text string) ([]ast.Statement, error)

// readers has the reader of each dialect.
func readers(dialect towpath.EngineType) (reader, error) {
	switch dialect {
	case towpath.EnginePostgres:
		return readPostgres, nil
	case towpath.EngineMySQL:
		return readMySQL, nil
	case towpath.EngineSQLite:
		return readSQLite, nil
	}
	return nil, fmt.Errorf("there is no parser for %q", dialect)
}

// Parse reads each text in this very process, which a hostile text can end. Its error is about the
// dialect.
func Parse(dialect towpath.EngineType, texts []Text) ([]Result, error) {
	read, err := readers(dialect)
	if err != nil {
		return nil, err
	}
	results := make([]Result, 0, len(texts))
	for _, t := range texts {
		results = append(results, parse(read, t))
	}
	return results, nil
}

func parse(read reader, t Text) Result {
	if why := unreadable(t.Text); why != nil {
		return t.result(nil, why)
	}
	statements, err := read(t.Text)
	return t.result(statements, err)
}

// unreadable says why no parser gets to see a text; nil when one does.
func unreadable(text string) error {
	switch {
	case len(text) > MaxStatement:
		return &NotAnalyzed{Why: fmt.Sprintf("the statement is longer than %d MiB", MaxStatement>>20)}
	case !utf8.ValidString(text):
		at := 0
		for r, n := utf8.DecodeRuneInString(text); r != utf8.RuneError || n != 1; {
			at += n
			r, n = utf8.DecodeRuneInString(text[at:])
		}
		return &NotAnalyzed{Pos: place(text, at), Why: "a byte here is no UTF-8"}
	case strings.Contains(text, "\x00"):
		return &NotAnalyzed{Pos: place(text, strings.Index(text, "\x00")), Why: "a zero byte is no SQL"}
	}
	return nil
}

// result puts what a reader said of a text into its place in the file.
func (t Text) result(statements []ast.Statement, err error) Result {
	var not *NotAnalyzed
	var wrong *SyntaxError
	switch {
	case errors.As(err, &not):
		return Result{NotAnalyzed: &NotAnalyzed{Pos: shifted(not.Pos, t.Pos), Why: not.Why}}
	case errors.As(err, &wrong):
		return Result{SyntaxError: &SyntaxError{Pos: shifted(wrong.Pos, t.Pos), Message: wrong.Message}}
	case err != nil:
		return Result{NotAnalyzed: &NotAnalyzed{Pos: t.Pos, Why: err.Error()}}
	case len(statements) == 0:
		return Result{NotAnalyzed: &NotAnalyzed{Pos: t.Pos, Why: "the parser sees no statement in it"}}
	}
	for i := range statements {
		shift(reflect.ValueOf(&statements[i]), t.Pos)
	}
	return Result{Statements: statements}
}

// withText puts a text into its statements. It does not travel between processes.
func (t Text) withText(r Result) Result {
	for i := range r.Statements {
		r.Statements[i].Text = t.Text
	}
	return r
}
