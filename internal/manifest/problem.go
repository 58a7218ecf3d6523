package manifest

import (
	"fmt"
	"slices"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/wording"
)

// maxPathShown bounds a path in a sentence, in characters.
const maxPathShown = 120

// problems describes states of files that need a person, after the path of the file.
var problems = map[plan.ItemState]string{
	plan.ItemEdited:   "was edited after it was applied: revert it and write a new migration",
	plan.ItemRefused:  "is older than what is applied: give it a newer version",
	plan.ItemMoved:    "has the text of a version that is applied",
	plan.ItemTampered: "waits: something else has changed the ledger of a database",
	plan.ItemRestored: "waits: the ledger of a database is an earlier state of itself",
}

// Problem describes which files cannot be planned and why, together with the notes of the commit by
// path. It names the first path and counts the others; "" when there is no problem.
func Problem(p plan.Plan, notes map[string]string) string {
	texts := map[string]string{}
	for path, note := range notes {
		texts[path] = note
	}
	for _, item := range p.Items {
		switch text := problems[item.State]; {
		case item.State == plan.ItemUnusable, item.State == plan.ItemConflict:
			texts[item.Path] = wording.Fragment(item.Reason)
		case item.State == plan.ItemNoTarget, item.State == plan.ItemAmbiguous:
			texts[item.Path] = "cannot run: " + wording.Fragment(item.Reason)
		case text != "":
			texts[item.Path] = text
		}
	}
	var paths []string
	for path := range texts {
		paths = append(paths, path)
	}
	if len(paths) == 0 {
		return ""
	}
	slices.Sort(paths)
	text := towpath.ClipRunes(paths[0], maxPathShown) + " " + texts[paths[0]]
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
