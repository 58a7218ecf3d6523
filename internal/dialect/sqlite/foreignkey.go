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
	j := &judge{}
	for range statement.Split(strings.NewReader(st.Text), oneJudge{j: j}) {
		continue // it was accepted before
	}
	set, off := j.pragma.keys()
	return !off, set
}

// oneJudge is the lexer with a judge that its caller keeps.
type oneJudge struct {
	lexer
	j *judge
}

// Judge implements statement.Lexer.
func (o oneJudge) Judge() statement.Judge { return o.j }
