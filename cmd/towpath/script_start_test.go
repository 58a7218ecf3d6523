package main

import (
	"fmt"

	"github.com/rogpeppe/go-internal/testscript"
)

// startable is what a person sees of an environment before starting it.
type startable struct {
	rollout, environment, evidence string
}

// verbSee keeps what waits for a start in an environment, as a person who looks at the page does.
func verbSee(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	id, _, err := w.newestTasks()
	check(ts, err)
	var r struct {
		Stages []struct {
			EnvironmentID string `json:"environmentId"`
			Environment   string `json:"environment"`
			Start         *struct {
				Evidence string `json:"evidence"`
				Ready    bool   `json:"ready"`
			} `json:"start"`
		} `json:"stages"`
	}
	check(ts, w.api.call(w.ctx, "GET", "/rollouts/"+id, nil, &r))
	for _, s := range r.Stages {
		if s.Environment == args[0] && s.Start != nil && s.Start.Ready {
			w.waits = startable{rollout: id, environment: s.EnvironmentID, evidence: s.Start.Evidence}
			return
		}
	}
	ts.Fatalf("nothing waits for a start in %s: %+v", args[0], r)
}

// verbStart starts an environment in the newest rollout, as it was seen.
func verbStart(ts *testscript.TestScript, neg bool, _ []string) {
	w := worldOf(ts)
	id, _, err := w.newestTasks()
	check(ts, err)
	err = w.api.call(w.ctx, "POST", "/rollouts/"+id+"/stages/"+w.waits.environment+"/start",
		map[string]string{"evidence": w.waits.evidence}, nil)
	if neg != (err != nil) {
		ts.Fatalf("start: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
	}
}
