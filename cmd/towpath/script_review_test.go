package main

import (
	"fmt"
	"sync/atomic"
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
		Statements  int        `json:"statements"`
		Reason      demoReason `json:"reason"`
		Findings    []struct {
			Rule    string `json:"rule"`
			Level   string `json:"level"`
			Line    int    `json:"line"`
			Message string `json:"message"`
		} `json:"findings"`
		NotAnalyzed []struct {
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
		for _, x := range f.NotAnalyzed {
			lines = append(lines, fmt.Sprintf("%s:%d not analyzed: %s", at, x.Line, x.Why))
		}
		for _, x := range f.Allowed {
			lines = append(lines, fmt.Sprintf("%s:%d allowed %s because %s", at, x.Line, x.Rule, x.Because))
		}
	}
	return lines
}

// reviewed counts what the reviews of all scenarios have seen, and what not.
var reviewed struct{ statements, notAnalyzed, failed atomic.Int64 }

// countReviews adds the reviews of a world whose server runs.
func (w *world) countReviews(log func(string, ...any)) {
	if w.process == nil {
		return
	}
	var rollouts items[demoRollout]
	if w.api.call(w.ctx, "GET", "/rollouts?pageSize=100", nil, &rollouts) != nil {
		return
	}
	for _, rollout := range rollouts.Items {
		var r reviewView
		if w.api.call(w.ctx, "GET", "/rollouts/"+rollout.ID+"/review", nil, &r) != nil {
			continue
		}
		for _, f := range r.Files {
			reviewed.statements.Add(int64(f.Statements))
			reviewed.notAnalyzed.Add(int64(len(f.NotAnalyzed)))
			for _, x := range f.NotAnalyzed {
				log("not analyzed: %s:%d: %s", f.Path, x.Line, x.Why)
			}
			if f.Against == "" {
				reviewed.failed.Add(1)
				log("not reviewed: %s: %s", f.Path, f.Reason.Text)
			}
		}
	}
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

func verbLevels(ts *testscript.TestScript, _ bool, args []string) {
	changeEnvironment(ts, "/review-policies/", args)
}
