package main

import (
	"fmt"

	"github.com/rogpeppe/go-internal/testscript"
)

// verbMark looks at what a database has of the open task of a version, then marks it as applied.
func verbMark(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	rolloutID, stages, err := w.newestTasks()
	check(ts, err)
	path := ""
	for _, stage := range stages {
		for _, task := range stage.Tasks {
			if stage.Environment == args[1] && task.Version == args[0] {
				path = "/rollouts/" + rolloutID + "/tasks/" + task.ID + "/mark"
			}
		}
	}
	if path == "" {
		ts.Fatalf("no task of version %s in %s", args[0], args[1])
	}
	var seen struct {
		Checksum string
		Against  []struct{ Text string }
		Traces   []struct {
			Object        string
			Wanted, There bool
		}
	}
	check(ts, w.api.call(w.ctx, "GET", path, nil, &seen))
	for _, one := range seen.Traces {
		if one.Wanted == one.There {
			fmt.Fprintln(ts.Stdout(), "fits", one.Object)
		}
	}
	for _, one := range seen.Against {
		fmt.Fprintln(ts.Stdout(), "against", one.Text)
	}
	var marked struct{ Mark struct{ Why string } }
	err = w.api.call(w.ctx, "POST", path, map[string]any{
		"why": args[2], "checksum": seen.Checksum, "despite": len(args) > 3,
	}, &marked)
	if neg != (err != nil) {
		ts.Fatalf("mark: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
		return
	}
	fmt.Fprintln(ts.Stdout(), marked.Mark.Why)
}
