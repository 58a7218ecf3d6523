package manifest

import (
	"fmt"
	"slices"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/wording"
)

// maxPathShown bounds a path within a sentence, in characters.
const maxPathShown = 120

// troubles words what a person must change in the files themselves.
var troubles = map[plan.ItemState]string{
	plan.ItemEdited:   "was edited after it was applied: revert it and write a new migration",
	plan.ItemRefused:  "is older than what is applied: give it a newer version",
	plan.ItemMoved:    "has the text of a version that is applied",
	plan.ItemTampered: "waits: other hands have changed the ledger of a database",
	plan.ItemRestored: "waits: the ledger of a database is an earlier state of itself",
}

// Trouble names what of the files cannot be planned, and what was noted of the commit; "" when
// there is nothing.
func Trouble(p plan.Plan, notes map[string]string) string {
	words := map[string]string{}
	for path, note := range notes {
		words[path] = note
	}
	for _, item := range p.Items {
		switch word := troubles[item.State]; {
		case item.State == plan.ItemUnusable, item.State == plan.ItemConflict:
			words[item.Path] = wording.Fragment(item.Reason)
		case item.State == plan.ItemNoTarget, item.State == plan.ItemAmbiguous:
			words[item.Path] = "cannot run: " + wording.Fragment(item.Reason)
		case word != "":
			words[item.Path] = word
		}
	}
	var paths []string
	for path := range words {
		paths = append(paths, path)
	}
	if len(paths) == 0 {
		return ""
	}
	slices.Sort(paths)
	text := towpath.ClipRunes(paths[0], maxPathShown) + " " + words[paths[0]]
	if len(paths) > 1 {
		text += "; and " + MoreFiles(len(paths)-1)
	}
	return text
}

// MoreFiles counts further files.
func MoreFiles(n int) string {
	if n == 1 {
		return "1 more file"
	}
	return fmt.Sprintf("%d more files", n)
}
