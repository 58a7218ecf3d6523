// Package statement has the parts of reading SQL that do not depend on a dialect: statements and
// their positions in a file. The engine's dialect cuts a file into statements.
package statement

import (
	"fmt"
	"regexp"
)

// Position is a place in a file.
type Position struct {
	Offset int64 // bytes from the start of the file, a byte order mark included
	Line   int   // from 1
	Column int   // in characters, from 1
}

// String formats the position as line:column.
func (p Position) String() string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }

// Statement is one statement of a file.
type Statement struct {
	Text string   // as written in the file, without the terminator and surrounding blanks and comments
	Pos  Position // of Text's first character
	// its leading key words in upper case, such as "CREATE TABLE" or "INSERT"; "" when it has none
	Verb    string
	NoTx    bool  // the engine commits it by itself, or refuses it inside a transaction
	Commits bool  // it can hold commits of its own, which a transaction around it would refuse
	Whole   bool  // it has no effect when it fails
	State   State // what it leaves in its session
	// foreign keys must not act in its transaction, because it turns them off or drops a whole
	// table
	NoKeys bool
	// the position of the statement that begins the file's own transaction around it; its zero
	// value where there is none
	Own     Position
	Outside []Outside // names that may be outside of its database; each once
	Roles   *Error    // why it must not run where roles may not be changed; nil when it changes none
	// offset just after the statement's terminator, so that the pieces of a file add up to the file
	Terminal int64
}

// State is what a statement leaves in its session.
type State int

const (
	NoState   State = iota // nothing that a later statement needs
	Setting                // a setting or a prepared text: running it again restores it
	Temporary              // a variable or a temporary table, which ends with the session
)

// Outside is a name in a statement that may be outside of its database.
type Outside struct {
	Kind OutsideKind
	Name string
	Pos  Position
}

// OutsideKind is the kind of an Outside.
type OutsideKind int

const (
	OutsideDatabase OutsideKind = iota // the database of an object
	OutsideRead                        // the database of a table that is only read
	OutsidePattern                     // databases of a grant
	OutsideDefiner                     // the user with whose rights an object runs
	OutsideRole                        // a role or a user that is made, changed, removed or granted
)

// Same reports whether two name the same thing, wherever they are.
func (o Outside) Same(other Outside) bool { return o.Kind == other.Kind && o.Name == other.Name }

// Summary returns the statement's first words on one line, at most n characters.
func (s Statement) Summary(n int) string {
	out := make([]rune, 0, n)
	space := false
	for _, r := range s.Text {
		if r == ' ' || r == '\t' || r == '\n' || r == '\r' {
			space = len(out) > 0
			continue
		}
		if space {
			out = append(out, ' ')
			space = false
		}
		out = append(out, r)
		if len(out) >= n {
			return string(out[:n-1]) + "…"
		}
	}
	return string(out)
}

// mayHoldSecret matches words beside which a password or a connection string may be.
var mayHoldSecret = regexp.MustCompile(
	`(?i)passw|pwd|identified|connection|conninfo|mapping|secret|credential`)

// MayHoldSecret reports whether the statement may contain a password or a connection string.
func (s Statement) MayHoldSecret() bool { return s.Roles != nil || mayHoldSecret.MatchString(s.Text) }

// Error is the reason why a file must not run, and its place in the file.
type Error struct {
	Pos     Position
	Message string // plain words: what is refused, why, and the way out
	// Through is where reading continues when the following text is not SQL: after its next
	// occurrence, such as "\n" for a command of one line. "" is the end of the statement. It begins
	// with an ASCII character.
	Through string
}

// Error implements error as "line:column: message".
func (e *Error) Error() string { return e.Pos.String() + ": " + e.Message }

// Errorf returns an Error at pos.
func Errorf(pos Position, format string, args ...any) *Error {
	return &Error{Pos: pos, Message: fmt.Sprintf(format, args...)}
}
