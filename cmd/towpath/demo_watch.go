package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"towpath/web"
)

// demoRollout has the fields of a rollout that the demo prints.
type demoRollout struct {
	ID     string `json:"id"`
	State  string `json:"state"`
	Commit string `json:"commit"`

	FinishedAt *time.Time `json:"finishedAt"`
}

type demoStage struct {
	Environment string     `json:"environment"`
	Tasks       []demoTask `json:"tasks"`
}

type demoTask struct {
	ID         string     `json:"id"`
	State      string     `json:"state"`
	Reason     demoReason `json:"reason"`
	Error      demoReason `json:"error"`
	Database   string     `json:"database"`
	Version    string     `json:"version"`
	Type       string     `json:"type"`
	Path       string     `json:"path"`
	StartedAt  *time.Time `json:"startedAt"`
	FinishedAt *time.Time `json:"finishedAt"`
}

// demoReason is a reason in an answer of the API.
type demoReason struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// word is the state of a task in the terminal.
func (t demoTask) word() string {
	if t.State == "done" && t.Type == "undo" {
		return "undone"
	}
	return t.State
}

// why is the explanation of a task in the terminal: its duration, or why it is not done, its last
// error, and how much of the file is in the database, unless the error contains that.
func (t demoTask) why(inDatabase string) string {
	words := t.Reason.Text
	if words == "" && t.StartedAt != nil && t.FinishedAt != nil {
		words = fmt.Sprintf("%d ms", t.FinishedAt.Sub(*t.StartedAt).Milliseconds())
	}
	if t.Error.Text != "" && t.Error != t.Reason {
		words += " Its last attempt failed: " + t.Error.Text
	}
	if !strings.Contains(words, inDatabase) {
		words += "\n" + inDatabase
	}
	return words
}

// explain prints the addresses to open and the commands to type.
func (d *demo) explain(w io.Writer) {
	i := d.info
	if !web.Built() {
		fmt.Fprint(w, "\n"+noConsole)
	}
	fmt.Fprintf(w, "\nTowpath       %s\n              sign in as %s with password %s\n", i.ConsoleURL,
		i.Email, i.Password)
	fmt.Fprintf(w, "Bitbucket     %s (simulated)\n              sign in as %s with password %s\n",
		i.BitbucketURL, i.GitUser, i.GitPassword)
	if d.empty {
		fmt.Fprintf(w, "\nAdd the Git provider under Settings, GitOps. The OAuth consumer is there "+
			"already:\n\n    Application ID  %s\n    Secret          %s\n", i.ApplicationID, i.Secret)
		fmt.Fprintf(w, "\nThen link %s with the project Shop: base directory %s, template %s\n",
			demoRepository, i.BaseDirectory, i.FilePathTemplate)
	} else {
		fmt.Fprintf(w, "\nPush a change of your own:\n\n")
	}
	clone := strings.Replace(i.CloneURL, "://", "://"+i.GitUser+":"+i.GitPassword+"@", 1)
	if d.empty {
		fmt.Fprintf(w, "\nand push a change of your own:\n\n")
	}
	fmt.Fprintf(w, "    git clone %s && cd shop-db\n", clone)
	fmt.Fprintf(w,
		"    echo 'ALTER TABLE customer ADD COLUMN phone TEXT;' > migrations/shop/4__ddl__add_phone.sql\n")
	fmt.Fprintf(w, "    git add . && git commit -m 'Add phone numbers' && git push\n\n")
	if i.PullRequestURL != "" {
		fmt.Fprintf(w, "Look at a pull request with dangerous changes, and at what is said of it:\n\n")
		fmt.Fprintf(w, "    %s\n\n", i.PullRequestURL)
	}
	for _, db := range i.Databases {
		fmt.Fprintf(w, "%-13s %s\n", db.Environment, db.Path)
	}
	fmt.Fprintf(w, "\nEach change that lands is shown here. Ctrl-C ends the demo.\n\n")
}

// watch prints each task that finishes, until ctx ends.
func (d *demo) watch(ctx context.Context, w io.Writer) error {
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	rollouts, tasks := map[string]string{}, map[string]string{} // id → state at the last pass
	files := map[string]bool{}                                  // lines about files at the last pass
	quiet := true                                               // until a pass has seen what is there already
	for {
		err := d.report(ctx, w, rollouts, tasks, files, quiet)
		quiet = quiet && err != nil
		// What was listed may be gone a moment later, such as a link; the next pass lists again.
		if err != nil && ctx.Err() == nil && !errors.Is(err, errNotFound) {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// report prints what is new since the last pass.
func (d *demo) report(
	ctx context.Context, w io.Writer, rollouts, tasks map[string]string, files map[string]bool, quiet bool,
) error {
	var latest items[demoRollout]
	if err := d.api.call(ctx, "GET", "/rollouts?pageSize=5", nil, &latest); err != nil {
		return err
	}
	for _, r := range slices.Backward(latest.Items) {
		if r.FinishedAt != nil && rollouts[r.ID] == r.State {
			continue
		}
		rollouts[r.ID] = r.State
		if err := d.reportTasks(ctx, w, r, tasks, quiet); err != nil {
			return err
		}
	}
	return d.reportFiles(ctx, w, files, quiet)
}

// wayOut is what a person can do about a task that does not continue by itself, and where.
func (d *demo) wayOut(r demoRollout, t demoTask) string {
	does := map[string]string{
		"failed": "Push a corrected file, or retry or skip it",
		"held":   "Release or skip it", "unknown": "Resolve it",
	}
	if t.State == "held" && (t.Reason.Code == "manual-start" || t.Reason.Code == "gate") {
		return fmt.Sprintf("\nStart it: %s/rollouts/%s", d.info.ConsoleURL, r.ID)
	}
	if does[t.State] == "" {
		return ""
	}
	return fmt.Sprintf("\n%s: %s/rollouts/%s/tasks/%s", does[t.State], d.info.ConsoleURL, r.ID, t.ID)
}

// demoItem is the state of a file, in a database or on its own.
type demoItem struct {
	Path        string     `json:"path"`
	Environment string     `json:"environment"`
	Database    string     `json:"database"`
	State       string     `json:"state"`
	Reason      demoReason `json:"reason"`
}

// reportedStates are the states of files that no task shows.
var reportedStates = []string{
	"edited", "conflict", "ignored", "refused", "missing", "unusable", "no-target",
	"ambiguous", "moved",
	"skipped", "unreachable", "foreign-ledger", "renamed", "tampered",
	"restored",
}

// reportFiles prints changes of files that no task shows, one line each: when several environments
// show the same, only the first is printed.
func (d *demo) reportFiles(ctx context.Context, w io.Writer, told map[string]bool, quiet bool) error {
	var projects, links items[identified]
	if err := d.api.call(ctx, "GET", "/projects", nil, &projects); err != nil {
		return err
	}
	now := map[string]bool{}
	for _, p := range projects.Items {
		if err := d.api.call(ctx, "GET", "/projects/"+p.ID+"/repository-links", nil, &links); err != nil {
			return err
		}
		for _, l := range links.Items {
			var status struct {
				SyncedCommit string `json:"syncedCommit"`
				Plan         struct {
					Items []demoItem `json:"items"`
				} `json:"plan"`
			}
			if err := d.api.call(ctx, "GET", "/repository-links/"+l.ID, nil, &status); err != nil {
				return err
			}
			ignored := items[demoItem]{}
			if err := d.api.call(ctx, "GET", "/repository-links/"+l.ID+"/files?state=ignored&pageSize=500",
				nil, &ignored); err != nil {
				return err
			}
			for _, i := range append(status.Plan.Items, ignored.Items...) {
				key := l.ID + "\x00" + i.Path + "\x00" + i.State + i.Reason.Text
				if now[key] || !slices.Contains(reportedStates, i.State) {
					continue
				}
				now[key] = true
				if !quiet && !told[key] {
					fmt.Fprint(w, demoLine(status.SyncedCommit, i.Environment, i.Database, i.Path, i.State,
						i.Reason.Text))
				}
			}
		}
	}
	clear(told)
	maps.Copy(told, now)
	return nil
}

// demoLine is one line of the terminal. The reason does not repeat the path before it.
func demoLine(commit, environment, database, path, state, reason string) string {
	reason = strings.TrimPrefix(reason, path+":")
	reason = strings.ReplaceAll(reason, "\n", "\n    ")
	line := fmt.Sprintf("%s  %.8s  %-8s  %-5s  %-42s  %-9s  %s", time.Now().Format("15:04:05"), commit,
		environment, database, path, state, reason)
	return strings.TrimRight(line, " ") + "\n"
}

// reportTasks prints the tasks of a rollout that have finished since the last pass.
func (d *demo) reportTasks(
	ctx context.Context, w io.Writer, r demoRollout, told map[string]string, quiet bool,
) error {
	var detail struct {
		Stages []demoStage `json:"stages"`
	}
	if err := d.api.call(ctx, "GET", "/rollouts/"+r.ID, nil, &detail); err != nil {
		return err
	}
	for _, stage := range detail.Stages {
		for _, t := range stage.Tasks {
			if t.State == told[t.ID] || t.State == "pending" || t.State == "running" {
				continue
			}
			told[t.ID] = t.State
			if quiet {
				continue
			}
			var detail struct {
				Attempts []struct {
					InDatabase string `json:"inDatabase"`
				} `json:"attempts"`
			}
			if err := d.api.call(ctx, "GET", "/rollouts/"+r.ID+"/tasks/"+t.ID, nil, &detail); err != nil {
				return err
			}
			left := ""
			if n := len(detail.Attempts); n > 0 {
				left = detail.Attempts[n-1].InDatabase
			}
			fmt.Fprint(w, demoLine(r.Commit, stage.Environment, t.Database, t.Path, t.word(),
				t.why(left)+d.wayOut(r, t)))
		}
	}
	return nil
}
