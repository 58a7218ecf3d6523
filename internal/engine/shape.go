package engine

import (
	"slices"
	"strconv"
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
		Reason: towpath.Why(towpath.ReasonLedgerNewer,
			"has", strconv.Itoa(has), "known", strconv.Itoa(towpath.LedgerFormat)),
	}
}

// Differences compares facts about the ledger's table with those of the one that we create. A fact
// begins with its subject, up to a colon: when the subject has another text, both texts are named.
func Differences(want, have []string) (found []towpath.Reason) {
	for _, fact := range have {
		if slices.Contains(want, fact) {
			continue
		}
		subject, text, _ := strings.Cut(fact, ": ")
		i := slices.IndexFunc(want, func(one string) bool { return strings.HasPrefix(one, subject+": ") })
		if i < 0 {
			part := strings.Replace(fact, ": ", " ", 1)
			found = append(found, towpath.Why(towpath.ReasonTableExtra, "part", part))
			continue
		}
		found = append(found, towpath.Why(towpath.ReasonTableDiffers, "part", subject,
			"have", text, "want", want[i][len(subject)+2:]))
	}
	for _, fact := range want {
		subject, _, _ := strings.Cut(fact, ": ")
		if !slices.ContainsFunc(have, func(one string) bool {
			return one == fact ||
				strings.HasPrefix(one, subject+": ")
		}) {
			found = append(found, towpath.Why(towpath.ReasonTableLacks, "part", subject))
		}
	}
	return found
}
