package main

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// branchView is the review of a branch.
type branchView struct {
	ID           string       `json:"id"`
	Branch       string       `json:"branch"`
	Head         string       `json:"head"`
	ReviewedHead string       `json:"reviewedHead"`
	State        string       `json:"state"`
	Reason       demoReason   `json:"reason"`
	Passed       bool         `json:"passed"`
	Verdict      string       `json:"verdict"`
	MergeOrder   []demoReason `json:"mergeOrder"`
	Sent         struct {
		Commit string `json:"commit"`
		State  string `json:"state"`
		Text   string `json:"text"`
	} `json:"sent"`
	Review reviewView `json:"review"`
}

// verbBranch waits until the review of a branch stands so, as STATE and VERDICT, and the provider
// was told. It prints what the review says.
func verbBranch(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	link := ts.Getenv("LINK")
	head := ""
	if args[1] != "ended" {
		head = strings.TrimSpace(git(ts, "rev-parse", args[0]))
	}
	var b branchView
	check(ts, w.until(time.Minute, func() (bool, string) {
		var all items[branchView]
		b = branchView{}
		if err := w.api.call(w.ctx, "GET", "/repository-links/"+link+"/reviews", nil, &all); err != nil {
			return false, err.Error()
		}
		at := slices.IndexFunc(all.Items, func(v branchView) bool { return v.Branch == args[0] })
		if at < 0 {
			return false, fmt.Sprintf("%s has no review among %d", args[0], len(all.Items))
		}
		b = all.Items[at]
		told := b.Sent.Commit == head && b.Sent.State != "" && b.Sent.State != "in-progress"
		ok := b.State == args[1] && (b.ReviewedHead == head || args[1] == "ended") &&
			(len(args) < 3 || b.Verdict == args[2]) && (told || args[1] == "ended")
		return ok, fmt.Sprintf("%s is %s %s %s at %s, told %+v, want %v at %s", b.Branch, b.State, b.Verdict,
			b.Reason.Text, b.ReviewedHead, b.Sent, args[1:], head)
	}))
	check(ts, w.api.call(w.ctx, "GET", "/repository-links/"+link+"/reviews/"+b.ID, nil, &b))
	lines := []string{strings.TrimSpace(b.State + " " + b.Verdict + " " + b.Reason.Text)}
	for _, why := range b.MergeOrder {
		lines = append(lines, "order: "+why.Text)
	}
	lines = append(lines, "told: "+b.Sent.State+" "+b.Sent.Text)
	printLines(ts, append(lines, b.Review.lines()...))
}

// verbInsights prints the reports of a commit, their fields and their annotations.
func verbInsights(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	commit := strings.TrimSpace(git(ts, "rev-parse", args[0]))
	var lines []string
	for _, r := range w.sim.Reports(demoRepository, commit) {
		lines = append(lines, fmt.Sprintf("report %s: %s", r.Result, r.Details))
		for _, f := range r.Fields {
			lines = append(lines, "field "+f.Title+": "+f.Value)
		}
		for _, a := range r.Annotations {
			lines = append(lines, fmt.Sprintf("%s:%d %s %s", a.Path, a.Line, a.Severity, a.Summary))
		}
	}
	printLines(ts, lines)
}

// verbCalls fails when Bitbucket has counted more calls of its API than so many since the last time;
// raw files are counted apart.
func verbCalls(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	counted, raw := 0, 0
	var list []string
	for _, r := range w.sim.Requests()[w.seen:] {
		switch {
		case !strings.HasPrefix(r.Path, "/2.0/repositories"):
		case r.Method == http.MethodGet && strings.Contains(r.Path, "/src/") && r.Query == "":
			raw++
		default:
			counted++
			list = append(list, r.Method+" "+r.Path)
		}
	}
	w.seen = len(w.sim.Requests())
	if len(args) == 0 {
		return
	}
	if got := fmt.Sprint(counted); got != args[0] {
		ts.Fatalf("%d calls and %d raw files, want %s:\n%s", counted, raw, args[0], strings.Join(list, "\n"))
	}
}
