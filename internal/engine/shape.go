package engine

import (
	"fmt"
	"slices"
	"strings"

	"towpath"
)

// Grown reports whether a table has all that we create, and additional columns. It may be of a
// newer format then, which its head names.
func Grown(want, have []string) bool {
	more := false
	for _, fact := range have {
		if slices.Contains(want, fact) {
			continue
		}
		if !strings.HasPrefix(fact, "column ") {
			return false
		}
		more = true
	}
	return more && !slices.ContainsFunc(want, func(fact string) bool { return !slices.Contains(have, fact) })
}

// KnownFormat refuses a ledger of a newer program, which this one would misread. Its error is an
// *Error with Kind Refused.
func KnownFormat(l towpath.Ledger) error {
	has := l.Format()
	if has <= towpath.LedgerFormat {
		return nil
	}
	return &Error{
		Kind: Refused,
		Message: fmt.Sprintf("The ledger in this database has format %d, written by a newer Towpath. "+
			"This version knows formats up to %d, and changes nothing here. Upgrade this server.",
			has, towpath.LedgerFormat),
	}
}

// Differences compares facts about the ledger's table with those of the one that we create, in
// plain words. A fact begins with its subject, up to a colon: when the subject has another text,
// both texts are shown.
func Differences(want, have []string) (found []string) {
	for _, fact := range have {
		if slices.Contains(want, fact) {
			continue
		}
		subject, text, _ := strings.Cut(fact, ": ")
		was := ""
		for _, one := range want {
			if s, t, ok := strings.Cut(one, ": "); ok && s == subject {
				was = ", which we made as " + t
			}
		}
		if text != "" {
			text = " (" + text + ")"
		}
		found = append(found, "its table has the "+subject+text+was)
	}
	for _, fact := range want {
		subject, _, _ := strings.Cut(fact, ": ")
		if !slices.ContainsFunc(have, func(one string) bool {
			return one == fact ||
				strings.HasPrefix(one, subject+": ")
		}) {
			found = append(found, "its table has no "+subject)
		}
	}
	return found
}
