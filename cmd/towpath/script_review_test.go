package main

import (
	"fmt"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// reviewView is the review of a rollout.
type reviewView struct {
	State string `json:"state"`
	Files []struct {
		Path        string     `json:"path"`
		Environment string     `json:"environment"`
		Against     string     `json:"against"`
		Reason      demoReason `json:"reason"`
		Findings    []struct {
			Rule    string `json:"rule"`
			Level   string `json:"level"`
			Line    int    `json:"line"`
			Message string `json:"message"`
		} `json:"findings"`
		NotAnalysed []struct {
			Line int    `json:"line"`
			Why  string `json:"why"`
		} `json:"notAnalysed"`
		Allowed []struct {
			Rule    string `json:"rule"`
			Line    int    `json:"line"`
			Because string `json:"because"`
		} `json:"allowed"`
	} `json:"files"`
}

func (r reviewView) lines() (lines []string) {
	for _, f := range r.Files {
		at := f.Environment + " " + f.Path
		if f.Reason.Text != "" {
			lines = append(lines, at+" "+f.Reason.Code+" "+f.Reason.Text)
		}
		for _, x := range f.Findings {
			lines = append(lines,
				fmt.Sprintf("%s:%d %s %s %s (%s)", at, x.Line, x.Rule, x.Level, x.Message, f.Against))
		}
		for _, x := range f.NotAnalysed {
			lines = append(lines, fmt.Sprintf("%s:%d not analyzed: %s", at, x.Line, x.Why))
		}
		for _, x := range f.Allowed {
			lines = append(lines, fmt.Sprintf("%s:%d allowed %s because %s", at, x.Line, x.Rule, x.Because))
		}
	}
	return lines
}

func verbReview(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	var r reviewView
	check(ts, w.until(time.Minute, func() (bool, string) {
		r = reviewView{}
		id, _, err := w.newestTasks()
		if err == nil {
			err = w.api.call(w.ctx, "GET", "/rollouts/"+id+"/review", nil, &r)
		}
		return err == nil && r.State == args[0], fmt.Sprintf("the review is %s, want %s: %v", r.State, args[0], err)
	}))
	printLines(ts, r.lines())
}
