package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

func verbSQL(ts *testscript.TestScript, neg bool, args []string) {
	rows, err := worldOf(ts).query(args[0], args[1])
	if neg && err != nil {
		fmt.Fprintln(ts.Stdout(), err)
		return
	}
	check(ts, err)
	printLines(ts, rows)
}

func verbTables(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	rows, err := w.query(args[0], w.targets.tables())
	check(ts, err)
	printLines(ts, rows)
}

func verbLedger(ts *testscript.TestScript, _ bool, args []string) {
	rows, err := worldOf(ts).ledger(args[0])
	check(ts, err)
	printLines(ts, rows)
}

func databaseID(ts *testscript.TestScript, environment string) string {
	w := worldOf(ts)
	var projects items[identified]
	var databases items[struct {
		ID            string `json:"id"`
		EnvironmentID string `json:"environmentId"`
	}]
	var environments items[struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}]
	check(ts, w.api.call(w.ctx, "GET", "/projects", nil, &projects))
	check(ts, w.api.call(w.ctx, "GET", "/databases?pageSize=500&project="+projects.Items[0].ID, nil,
		&databases))
	check(ts, w.api.call(w.ctx, "GET", "/environments", nil, &environments))
	for _, e := range environments.Items {
		for _, d := range databases.Items {
			if e.Name == environment && d.EnvironmentID == e.ID {
				return d.ID
			}
		}
	}
	ts.Fatalf("no database in %s", environment)
	return ""
}

func verbHistory(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	var history items[struct {
		Version string `json:"version"`
		Type    string `json:"type"`
		Path    string `json:"path"`
		State   string `json:"state"`
	}]
	check(ts, w.api.call(w.ctx, "GET", "/databases/"+databaseID(ts, args[0])+"/change-history?pageSize=500",
		nil, &history))
	var lines []string
	for _, h := range slices.Backward(history.Items) {
		lines = append(lines, strings.Join([]string{h.Version, h.Type, h.State, h.Path}, " "))
	}
	printLines(ts, lines)
}

func verbPlan(ts *testscript.TestScript, _ bool, _ []string) {
	_, v := worldOf(ts).state()
	var lines []string
	for _, i := range v.Plan.Items {
		lines = append(lines,
			strings.TrimSpace(strings.Join([]string{
				i.Path, i.Environment, i.State, i.Reason.Code,
				i.Reason.Text,
			}, " ")))
	}
	printLines(ts, lines)
}

func verbFile(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	var files items[struct {
		State  string     `json:"state"`
		Reason demoReason `json:"reason"`
	}]
	query := "path=" + strings.NewReplacer("%", "%25", " ", "%20", "#", "%23", "&", "%26", "+",
		"%2B").Replace(args[0])
	check(ts, w.api.call(w.ctx, "GET", "/repository-links/"+w.linkID+"/files?"+query, nil, &files))
	for _, f := range files.Items {
		printLines(ts, []string{strings.TrimSpace(f.State + " " + f.Reason.Code + " " + f.Reason.Text)})
	}
}

func verbStatus(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	commit, want := strings.TrimSpace(git(ts, "rev-parse", args[0])), strings.Join(args[1:], ", ")
	check(ts, w.until(20*time.Second, func() (bool, string) {
		got := strings.Join(w.statuses(commit), ", ")
		return got == want, fmt.Sprintf("commit %s bears %q, want %q", args[0], got, want)
	}))
}

func verbSays(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	commit := strings.TrimSpace(git(ts, "rev-parse", args[0]))
	check(ts, w.until(20*time.Second, func() (bool, string) {
		var said []string
		for _, s := range w.sim.Statuses(demoRepository, commit) {
			said = append(said, s.Name[strings.LastIndex(s.Name, " ")+1:]+" "+s.State+" "+s.Description)
		}
		begins := func(line string) bool { return strings.HasPrefix(line, args[1]) }
		return slices.ContainsFunc(said, begins), fmt.Sprintf("commit %s bears %q, want %q", args[0], said,
			args[1])
	}))
}

// newestTasks lists the tasks of the newest rollout.
func (w *world) newestTasks() (rolloutID string, stages []demoStage, err error) {
	var rollouts items[demoRollout]
	if err := w.api.call(w.ctx, "GET", "/rollouts?pageSize=1", nil, &rollouts); err != nil ||
		len(rollouts.Items) == 0 {
		return "", nil, fmt.Errorf("no rollout: %w", err)
	}
	var detail struct {
		Stages []demoStage `json:"stages"`
	}
	id := rollouts.Items[0].ID
	return id, detail.Stages, w.api.call(w.ctx, "GET", "/rollouts/"+id, nil, &detail)
}

func verbTask(ts *testscript.TestScript, _ bool, args []string) {
	check(ts, worldOf(ts).decide(args[0], args[1], args[2]))
}

// decide does something with the newest task of a version in an environment.
func (w *world) decide(how, version, environment string) error {
	rolloutID, stages, err := w.newestTasks()
	if err != nil {
		return err
	}
	for _, stage := range stages {
		for _, task := range stage.Tasks {
			if stage.Environment == environment && task.Version == version {
				action, outcome, resolve := strings.Cut(how, ":")
				body := map[string]string{"reason": "the scenario says so"}
				if resolve {
					body = map[string]string{"outcome": outcome}
				}
				return w.api.call(w.ctx, "POST", "/rollouts/"+rolloutID+"/tasks/"+task.ID+"/"+action, body, nil)
			}
		}
	}
	return fmt.Errorf("no task of version %s in %s", version, environment)
}

func verbAccept(ts *testscript.TestScript, _ bool, args []string) {
	check(ts, worldOf(ts).acceptText(args[0], args[1]))
}

// acceptText accepts the new text of a file in an environment.
func (w *world) acceptText(path, environment string) error {
	_, v := w.state()
	for _, i := range v.Plan.Items {
		if i.Path == path && i.Environment == environment {
			return w.api.call(w.ctx, "POST", "/repository-links/"+w.linkID+"/accept", map[string]string{
				"databaseId": i.DatabaseID, "version": i.Version, "type": "ddl",
			}, nil)
		}
	}
	return fmt.Errorf("%s is not in the plan of %s", path, environment)
}

func verbReasons(ts *testscript.TestScript, _ bool, _ []string) {
	_, stages, err := worldOf(ts).newestTasks()
	check(ts, err)
	var lines []string
	for _, s := range stages {
		for _, t := range s.Tasks {
			lines = append(lines,
				strings.TrimSpace(strings.Join([]string{
					s.Environment, t.Path, t.State, t.Reason.Code,
					t.Reason.Text,
				}, " ")))
		}
	}
	printLines(ts, lines)
}

func verbFaults(ts *testscript.TestScript, _ bool, args []string) {
	var f bitbucketsim.Faults
	check(ts, json.Unmarshal([]byte(args[0]), &f))
	worldOf(ts).sim.SetFaults(f)
}

// verbEnvironment changes an environment.
func verbEnvironment(ts *testscript.TestScript, _ bool, args []string) {
	changeEnvironment(ts, "/environments/", args)
}

// changeEnvironment changes what is kept for an environment, which has the environment's id.
func changeEnvironment(ts *testscript.TestScript, resource string, args []string) {
	w := worldOf(ts)
	var all items[struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	}]
	check(ts, w.api.call(w.ctx, "GET", "/environments", nil, &all))
	for _, e := range all.Items {
		if e.Name == args[0] {
			check(ts, w.api.call(w.ctx, "PATCH", resource+e.ID, json.RawMessage(args[1]), nil))
			return
		}
	}
	ts.Fatalf("there is no environment %s", args[0])
}

func verbHookDeleted(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	for _, h := range w.sim.Hooks(demoRepository) {
		check(ts, w.sim.DeleteHook(demoRepository, h.UUID))
	}
}

func verbAPI(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	var body, answer any
	if len(args) > 2 {
		check(ts, json.Unmarshal([]byte(args[2]), &body))
	}
	err := w.api.call(w.ctx, args[0], args[1], body, &answer)
	if neg != (err != nil) {
		ts.Fatalf("%s %s: %v", args[0], args[1], err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
		return
	}
	text, err := json.MarshalIndent(answer, "", "  ")
	check(ts, err)
	fmt.Fprintln(ts.Stdout(), string(text))
}
