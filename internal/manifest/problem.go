package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"towpath"
	"towpath/internal/plan"
)

// maxPathShown bounds a path in a sentence, in characters.
const maxPathShown = 120

// Problem is what of the files cannot be planned, and what was noted of the commit; none when there
// is nothing. It names the first path and counts the others.
func Problem(p plan.Plan, notes map[string]towpath.Reason) towpath.Reason {
	found := problemsOf(p, notes)
	paths := slices.Sorted(maps.Keys(found))
	if len(paths) == 0 {
		return towpath.Reason{}
	}
	more := towpath.Reason{}
	if n := len(paths) - 1; n > 0 {
		more = towpath.Why(towpath.ReasonMoreFiles, "n", strconv.Itoa(n))
	}
	return towpath.Why(towpath.ReasonFileTrouble, "path", towpath.ClipRunes(paths[0], maxPathShown)).
		From(found[paths[0]], more)
}

// Unplanned counts the files that Problem is about.
func Unplanned(p plan.Plan, notes map[string]towpath.Reason) int { return len(problemsOf(p, notes)) }

// problemsOf is what is wrong with each file that cannot be planned, by its path.
func problemsOf(p plan.Plan, notes map[string]towpath.Reason) map[string]towpath.Reason {
	found := maps.Clone(notes)
	if found == nil {
		found = map[string]towpath.Reason{}
	}
	for _, item := range p.Items {
		if why := problemOf(item); !why.IsZero() {
			found[item.Path] = why
		}
	}
	return found
}

// problemOf is what a person must change in a file itself, or accept; none when nothing. It has
// none of a database's own words, since commits show it.
func problemOf(item plan.Item) towpath.Reason {
	switch item.State {
	case plan.ItemUnusable, plan.ItemConflict, plan.ItemEdited, plan.ItemRefused, plan.ItemMoved:
		return item.Reason
	case plan.ItemNoTarget, plan.ItemAmbiguous:
		return towpath.Why(towpath.ReasonCannotRun).From(item.Reason)
	case plan.ItemTampered:
		return towpath.Why(towpath.ReasonWaitsForTampered, "environment", item.Environment,
			"database", item.Database)
	case plan.ItemRestored:
		return towpath.Why(towpath.ReasonWaitsForRestored, "environment", item.Environment,
			"database", item.Database)
	}
	return towpath.Reason{}
}

// MoreFiles counts further files.
func MoreFiles(n int) string {
	if n == 1 {
		return "1 more file"
	}
	return fmt.Sprintf("%d more files", n)
}
