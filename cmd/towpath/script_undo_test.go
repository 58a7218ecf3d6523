package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// verbUndo looks at what would be undone in a database, then orders it.
func verbUndo(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	path := "/databases/" + databaseID(ts, args[0]) + "/undo"
	want := strings.Join(args[2:], " ")
	look := path
	if want == "corrected" {
		look += "?corrected=true"
	}
	var seen struct {
		Correctable bool
		Migration   struct{ Version, Checksum string }
		WayBack     struct{ Text string }
		File        struct{ Path, Checksum string }
		Refused     struct{ Text string }
		Done        int
		Review      struct {
			Files []struct {
				Findings []struct {
					Rule string
					Line int
				}
			}
		}
		Waits bool
	}
	check(ts, w.api.call(w.ctx, "GET", look, nil, &seen))
	fmt.Fprintln(ts.Stdout(), seen.WayBack.Text+seen.Refused.Text)
	for _, f := range seen.Review.Files {
		for _, found := range f.Findings {
			fmt.Fprintln(ts.Stdout(), "found", found.Rule, found.Line)
		}
	}
	if seen.Done > 0 {
		fmt.Fprintln(ts.Stdout(), "goes on behind", seen.Done)
	}
	if seen.File.Path != "" {
		fmt.Fprintln(ts.Stdout(), seen.File.Path)
	}
	if seen.Waits {
		fmt.Fprintln(ts.Stdout(), "waits")
	}
	if seen.Correctable {
		fmt.Fprintln(ts.Stdout(), "correctable")
	}
	var task struct {
		ID        string
		RolloutID string
		Undoing   struct {
			Tried bool
			Trial struct{ Text string }
		}
	}
	err := w.api.call(w.ctx, "POST", path, map[string]any{
		"version": seen.Migration.Version, "checksum": seen.Migration.Checksum, "why": args[1],
		"file":    seen.File.Checksum,
		"despite": want == "despite", "corrected": want == "corrected",
	}, &task)
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
	}
	fmt.Fprintf(ts.Stdout(), "tried=%t %s\n", task.Undoing.Tried, task.Undoing.Trial.Text)
	if neg != (err != nil) {
		ts.Fatalf("undo: %v", err)
	}
	if neg || seen.Waits {
		return
	}
	end := want
	if want == "despite" || want == "corrected" {
		end = ""
	}
	check(ts, w.until(30*time.Second, func() (bool, string) {
		var now struct{ State string }
		err := w.api.call(w.ctx, "GET", "/rollouts/"+task.RolloutID+"/tasks/"+task.ID, nil, &now)
		return now.State == cmp.Or(end, "done"), fmt.Sprintf("the task is %s: %v", now.State, err)
	}))
}
