package main

import (
	"fmt"

	"github.com/rogpeppe/go-internal/testscript"
)

// verbMarkers prints how the file of a version was read in the newest rollout.
func verbMarkers(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	rolloutID, stages, err := w.newestTasks()
	check(ts, err)
	for _, stage := range stages {
		for _, task := range stage.Tasks {
			if task.Version != args[0] {
				continue
			}
			var detail struct {
				SQL struct {
					Markers struct {
						Format        string         `json:"format"`
						NoTransaction bool           `json:"noTransaction"`
						Undo          map[string]int `json:"undo"`
					} `json:"markers"`
				} `json:"sql"`
			}
			check(ts, w.api.call(w.ctx, "GET", "/rollouts/"+rolloutID+"/tasks/"+task.ID, nil, &detail))
			m := detail.SQL.Markers
			out := m.Format
			if m.NoTransaction {
				out += ", no transaction"
			}
			if m.Undo != nil {
				out += fmt.Sprint(", the way back from line ", m.Undo["line"])
			}
			fmt.Fprintln(ts.Stdout(), out)
			return
		}
	}
	ts.Fatalf("no task of version %s", args[0])
}
