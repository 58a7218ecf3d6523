package main

import (
	"fmt"
	"net/http"
	"regexp"
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
	Rehearsal    string       `json:"rehearsal"`
	Sent         struct {
		Commit string `json:"commit"`
		State  string `json:"state"`
		Text   string `json:"text"`
	} `json:"sent"`
	Review     reviewView      `json:"review"`
	Rehearsals []rehearsalView `json:"rehearsals"`
}

// rehearsalView is a rehearsal of a branch.
type rehearsalView struct {
	Environment string     `json:"environment"`
	State       string     `json:"state"`
	Reason      demoReason `json:"reason"`
	Server      string     `json:"server"`
	Schema      string     `json:"schema"`
	Files       []struct {
		Path  string `json:"path"`
		Own   bool   `json:"own"`
		State string `json:"state"`
		Rows  int    `json:"rows"`
	} `json:"files"`
}

func (r rehearsalView) lines() []string {
	lines := []string{strings.TrimSpace("rehearsed " + r.Environment + " " + r.State + " " + r.Reason.Text)}
	for _, f := range r.Files {
		lines = append(lines, fmt.Sprintf("ran %s %s, %d rows, own %t", f.Path, f.State, f.Rows, f.Own))
	}
	for line := range strings.Lines(r.Schema) {
		lines = append(lines, "schema "+strings.TrimSuffix(line, "\n"))
	}
	return lines
}

// rehearse turns the rehearsals of the only project on or off, with a user of their own unless it is
// "", and returns the address of the setting.
func (w *world) rehearse(on bool, user string) (path string, err error) {
	body := map[string]any{"rehearse": on, "instanceId": ""}
	var projects items[identified]
	if err := w.api.call(w.ctx, "GET", "/projects", nil, &projects); err != nil {
		return "", err
	}
	path = "/projects/" + projects.Items[0].ID + "/rehearsals"
	if user != "" {
		var all items[map[string]any]
		if err := w.api.call(w.ctx, "GET", "/instances", nil, &all); err != nil {
			return path, err
		}
		like := all.Items[0]
		var made identified
		err := w.api.call(w.ctx, "POST", "/instances", map[string]any{
			"name": "Rehearsals", "engine": like["engine"], "environmentId": like["environmentId"],
			"address": like["address"], "username": user, "password": "p", "options": like["options"],
		}, &made)
		if err != nil {
			return path, err
		}
		body["instanceId"] = made.ID
	}
	return path, w.api.call(w.ctx, "PATCH", path, body, nil)
}

// verbRehearse turns the rehearsals of the project on or off. USER gets an instance of its own.
func verbRehearse(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	user := strings.Join(args[1:], "")
	path, err := w.rehearse(args[0] == "on", user)
	check(ts, err)
	var checks items[struct {
		Instance string `json:"instance"`
		OK       bool   `json:"ok"`
		Findings []struct {
			Message string `json:"message"`
			Fix     string `json:"fix"`
		} `json:"findings"`
	}]
	check(ts, w.api.call(w.ctx, "POST", path+"/check", nil, &checks))
	for _, c := range checks.Items {
		lines := []string{fmt.Sprintf("%s ok=%t", c.Instance, c.OK)}
		for _, f := range c.Findings {
			lines = append(lines, f.Message+" "+f.Fix)
		}
		printLines(ts, lines)
	}
}

// verbBranch waits until the review of a branch stands so, as STATE and VERDICT, and the provider
// was told. It prints what the review says.
func verbBranch(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	link := ts.Getenv("LINK")
	name, head := args[0], ""
	if args[1] != "ended" {
		at := name
		if strings.Contains(name, "*") { // of the server's making, so it is at the provider alone
			at = strings.TrimSpace(git(ts, "for-each-ref", "--format=%(refname:short)", "refs/remotes/origin/"+name))
			name = strings.TrimPrefix(at, "origin/")
		}
		head = strings.TrimSpace(git(ts, "rev-parse", at))
	}
	var b branchView
	check(ts, w.until(time.Minute, func() (bool, string) {
		var all items[branchView]
		b = branchView{}
		if err := w.api.call(w.ctx, "GET", "/repository-links/"+link+"/reviews", nil, &all); err != nil {
			return false, err.Error()
		}
		at := slices.IndexFunc(all.Items, func(v branchView) bool { return v.Branch == name })
		if at < 0 {
			return false, fmt.Sprintf("%s has no review among %d", name, len(all.Items))
		}
		b = all.Items[at]
		told := b.Sent.Commit == head && b.Sent.State != "" && b.Sent.State != "in-progress"
		ok := b.State == args[1] && (b.ReviewedHead == head || args[1] == "ended") &&
			b.Rehearsal != "wanted" && (len(args) < 3 || b.Verdict == args[2]) && (told || args[1] == "ended")
		return ok, fmt.Sprintf("%s is %s %s %s at %s, told %+v, want %v at %s", b.Branch, b.State, b.Verdict,
			b.Reason.Text, b.ReviewedHead, b.Sent, args[1:], head)
	}))
	check(ts, w.api.call(w.ctx, "GET", "/repository-links/"+link+"/reviews/"+b.ID, nil, &b))
	lines := []string{strings.TrimSpace(b.State + " " + b.Verdict + " " + b.Reason.Text)}
	for _, why := range b.MergeOrder {
		lines = append(lines, "order: "+why.Text)
	}
	lines = append(lines, "told: "+b.Sent.State+" "+b.Sent.Text)
	for _, r := range b.Rehearsals {
		lines = append(lines, r.lines()...)
	}
	printLines(ts, append(lines, b.Review.lines()...))
}

// verbInsights prints the reports of a commit, their fields and their annotations.
func verbInsights(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	commit := strings.TrimSpace(git(ts, "rev-parse", args[0]))
	want := regexp.MustCompile("(?m)" + strings.Join(args[1:], " "))
	var lines []string
	check(ts, w.until(time.Minute, func() (bool, string) {
		lines = w.reports(commit)
		text := strings.Join(lines, "\n")
		return want.MatchString(text), "the commit has the reports: " + text
	}))
	printLines(ts, lines)
}

// reports are those of a commit, a line for each thing that they say.
func (w *world) reports(commit string) (lines []string) {
	for _, r := range w.sim.Reports(demoRepository, commit) {
		lines = append(lines, fmt.Sprintf("report %s: %s", r.Result, r.Details))
		for _, f := range r.Fields {
			lines = append(lines, "field "+f.Title+": "+f.Value)
		}
		for _, a := range r.Annotations {
			lines = append(lines, fmt.Sprintf("%s:%d %s %s", a.Path, a.Line, a.Severity, a.Summary))
		}
	}
	return lines
}

// verbCalls fails when Bitbucket has counted another number of calls of its API since the last time;
// raw files are counted apart. The first status "in progress" of a commit doesn't count: it is there
// only when a review takes long, as on a busy machine. A call counts once it is answered, so it waits for those on their way.
func verbCalls(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	var list []string
	raw := 0
	look := func() (bool, string) {
		list, raw = nil, 0
		begun := map[string]bool{}
		for _, r := range w.sim.Requests()[w.seen:] {
			switch {
			case !strings.HasPrefix(r.Path, "/2.0/repositories"):
			case r.Detail == "INPROGRESS" && !begun[r.Path]:
				begun[r.Path] = true
			case r.Method == http.MethodGet && strings.Contains(r.Path, "/src/") && r.Query == "":
				raw++
			default:
				list = append(list, r.Method+" "+r.Path)
			}
		}
		return len(args) == 0 || fmt.Sprint(len(list)) == args[0], fmt.Sprintf("%d calls and %d raw files, want %s:\n%s",
			len(list), raw, args, strings.Join(list, "\n"))
	}
	check(ts, w.until(time.Second, look))
	w.seen = len(w.sim.Requests())
}
