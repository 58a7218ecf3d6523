package executor

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"towpath/internal/statement"
)

// mayCommit reports whether a statement can hold commits of its own. A transaction around it would
// refuse them.
func mayCommit(st statement.Statement) bool { return st.Verb == "CALL" || st.Verb == "DO" }

// wholeVerbs begin the statements that a server stops before they begin, or undoes, when they meet
// a lock. A CALL or an EXECUTE can have committed a part by then.
var wholeVerbs = []string{"CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"}

// torn reports whether a part of a statement that failed may be in where nobody can see it.
func torn(st statement.Statement, c statement.Change) bool {
	first, _, _ := strings.Cut(st.Verb, " ")
	return c.Effect == statement.Opaque && !slices.Contains(wholeVerbs, first)
}

var keepsState = regexp.MustCompile(`(?i)^CREATE\s+(OR\s+REPLACE\s+)?((GLOBAL|LOCAL)\s+)?TEMP(ORARY)?\b|\bINTO\s+@|@\w+\s*:=`)

// replay decides about a statement before the place where an attempt resumes, in a new session: run
// it again, or, when refuse says why, do not resume.
func replay(st statement.Statement) (again bool, refuse string) {
	switch st.Verb {
	case "SET", "PRAGMA", "PREPARE", "DEALLOCATE", "DROP PREPARE":
		return true, ""
	}
	if keepsState.MatchString(st.Text) {
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
