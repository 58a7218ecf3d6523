package sqlite

import (
	"strings"

	"towpath/internal/statement"
)

// ChangesRows reports whether a statement changes rows: foreign keys act on those without being
// named. Definitions do not count, since a rebuild of a table drops the old one.
func ChangesRows(verb string) bool {
	switch verb {
	case "INSERT", "UPDATE", "DELETE", "REPLACE":
		return true
	}
	return false
}

// SetsForeignKeys reads the PRAGMA that turns foreign keys on or off; ok is false for any other
// statement.
func SetsForeignKeys(st statement.Statement) (on, ok bool) {
	if st.Verb != "PRAGMA" {
		return false, false
	}
	kept := &validator{}
	for range statement.Split(strings.NewReader(st.Text), oneValidator{kept: kept}) {
		continue // it was accepted before
	}
	set, off := kept.pragma.keys()
	return !off, set
}

// oneValidator is the lexer with a validator that its caller keeps.
type oneValidator struct {
	lexer
	kept *validator
}

// Validator implements statement.Lexer.
func (o oneValidator) Validator() statement.Validator { return o.kept }
