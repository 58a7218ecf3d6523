package engine

import (
	"slices"
	"strings"
)

// Differences compares facts about the ledger's table with those of the one that we make, in plain words. A fact begins with
// its subject, up to a colon: of one that is there with another text, both are told.
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
		if !slices.ContainsFunc(have, func(one string) bool { return one == fact || strings.HasPrefix(one, subject+": ") }) {
			found = append(found, "its table has no "+subject)
		}
	}
	return found
}
