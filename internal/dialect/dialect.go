// Package dialect has the parts of reading SQL that its dialects share. None of it needs a
// database.
package dialect

import (
	"slices"
	"strings"
)

// wholeVerbs begin the statements that a server either stops before they start, or undoes, when
// they meet a lock. A CALL or an EXECUTE may have committed a part by then.
var wholeVerbs = []string{"CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"}

// FailsWhole reports whether a statement with this verb has no effect when it fails.
func FailsWhole(verb string) bool {
	first, _, _ := strings.Cut(verb, " ")
	return slices.Contains(wholeVerbs, first)
}
