package main

import (
	"fmt"
	"maps"
	"slices"

	"github.com/rogpeppe/go-internal/testscript"
)

// verbVariables prints what each attempt of the newest rollout in an environment has put into its file.
func verbVariables(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	id, stages, err := w.newestTasks()
	check(ts, err)
	var lines []string
	for _, stage := range stages {
		for _, task := range stage.Tasks {
			if stage.Environment != args[0] {
				continue
			}
			var detail struct {
				Attempts []struct {
					Number    int               `json:"number"`
					Variables map[string]string `json:"variables"`
				} `json:"attempts"`
			}
			check(ts, w.api.call(w.ctx, "GET", "/rollouts/"+id+"/tasks/"+task.ID, nil, &detail))
			for _, a := range detail.Attempts {
				line := fmt.Sprint(task.Version, " ", a.Number)
				for _, name := range slices.Sorted(maps.Keys(a.Variables)) {
					line += " " + name + "=" + a.Variables[name]
				}
				lines = append(lines, line)
			}
		}
	}
	printLines(ts, lines)
}
