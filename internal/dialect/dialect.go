// Package dialect holds what the dialects below it share in reading SQL. None of it needs a
// database.
package dialect

import (
	"slices"
	"strings"
)

// wholeVerbs begin the statements that a server stops before they begin, or undoes, when they
// meet a lock. A CALL or an EXECUTE can have committed a part by then.
var wholeVerbs = []string{"CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE"}

// FailsWhole reports whether nothing of a statement with this verb is in when it fails.
func FailsWhole(verb string) bool {
	first, _, _ := strings.Cut(verb, " ")
	return slices.Contains(wholeVerbs, first)
}
