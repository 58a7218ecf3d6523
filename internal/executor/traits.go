package executor

import (
	"fmt"
	"regexp"

	"towpath/internal/statement"
)

// torn reports whether a part of a statement that failed may be in where nobody can see it.
func torn(st statement.Statement, c statement.Change) bool {
	return c.Effect == statement.Opaque && !st.Whole
}

// replay decides about a statement before the place where an attempt resumes, in a new session: run
// it again, or, when refuse says why, do not resume.
func replay(st statement.Statement) (again bool, refuse string) {
	switch st.State {
	case statement.Setting:
		return true, ""
	case statement.Temporary:
		return false, fmt.Sprintf("the statement at %s keeps something in its session, which is gone", st.Pos)
	}
	return false, ""
}

// maxSummary is how many characters of a statement are logged.
const maxSummary = 200

// mayHoldSecret finds statements that may hold a password, or a text to connect with.
var mayHoldSecret = regexp.MustCompile(`(?i)passw|pwd|identified|connection|conninfo|mapping|secret|credential`)

// summary is a statement's first words. Where it may hold a secret, no quoted text is shown.
func summary(st statement.Statement) string {
	if st.Roles != nil || mayHoldSecret.MatchString(st.Text) {
		return statement.Mask(st.Text, "'\"", maxSummary)
	}
	return st.Summary(maxSummary)
}
