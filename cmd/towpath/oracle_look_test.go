package main

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// differences compares the server's whole state with the model, and lists the differences.
func (o *oracle) differences() (list []string) {
	differ := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	state, view := o.w.state()
	want := o.m.rollout()
	if state != want {
		differ("rollout: the server says %s, it should be %s (%s)", state, want, view.WaitsFor.Text)
	}
	said, err := o.openTasks(view)
	if err != nil {
		differ("tasks: %v", err)
	}
	items := map[string]map[string]string{}
	for _, i := range view.Plan.Items {
		if items[i.Environment] == nil {
			items[i.Environment] = map[string]string{}
		}
		items[i.Environment][i.Version+" "+i.Path] = i.State
	}
	for _, d := range o.m.databases {
		if rows, err := o.tableRows(d); err != nil {
			differ("%s: tables: %v", d.environment, err)
		} else if !maps.Equal(rows, d.tables) {
			differ("%s: tables are %v, should be %v", d.environment, rows, d.tables)
		}
		if rows, err := o.ledgerRows(d.environment); err != nil {
			differ("%s: ledger: %v", d.environment, err)
		} else if want := d.ledgerRows(); !slices.Equal(rows, want) {
			differ("%s: ledger is %v, should be %v", d.environment, rows, want)
		}
		if want := d.openTasks(); !maps.Equal(said[d.environment], want) {
			differ("%s: open tasks are %v, should be %v", d.environment, said[d.environment], want)
		}
		if !maps.Equal(items[d.environment], d.items) {
			differ("%s: files stand as %v, should be %v", d.environment, items[d.environment], d.items)
		}
	}
	return append(list, o.statusDifferences()...)
}

// statusDifferences compares the build statuses of the last commits with the model.
func (o *oracle) statusDifferences() (list []string) {
	for _, commit := range o.commits[max(0, len(o.commits)-6):] {
		for _, s := range o.w.statuses(commit) {
			if strings.HasSuffix(s, " INPROGRESS") {
				list = append(list, fmt.Sprintf("commit %.8s says %s, and nothing runs", commit, s))
			}
		}
	}
	for _, d := range o.m.databases {
		for commit, want := range d.statuses(o.m) {
			got := ""
			for _, s := range o.w.statuses(commit) {
				if environment, state, _ := strings.Cut(s, " "); environment == d.environment {
					got = state
				}
			}
			if !strings.Contains(want, got) || got == "" {
				list = append(list, fmt.Sprintf("%s: commit %.8s says %q, should be %s", d.environment,
					commit, got, want))
			}
		}
	}
	head := o.commits[len(o.commits)-1]
	plan := ""
	for _, s := range o.w.statuses(head) {
		if state, ok := strings.CutPrefix(s, "plan "); ok {
			plan = state
		}
	}
	if trouble := o.m.trouble(); trouble != (plan == "FAILED") {
		list = append(list, fmt.Sprintf("head %.8s: the plan's status is %q, trouble is %t", head, plan,
			trouble))
	}
	return list
}

// historyDifferences checks that each rollout that failed and was superseded is still listed as
// both.
func (o *oracle) historyDifferences() (list []string) {
	_, view := o.w.state()
	if o.failing != "" && view.Rollout != nil && view.Rollout.ID != o.failing {
		o.failed = append(o.failed, o.failing)
	}
	o.failing = ""
	if view.Rollout != nil && view.Rollout.State == "failed" {
		o.failing = view.Rollout.ID
	}
	var rollouts items[struct {
		ID           string `json:"id"`
		SupersededBy string `json:"supersededBy"`
	}]
	if err := o.w.api.call(o.w.ctx, "GET", "/rollouts?state=failed&pageSize=500", nil,
		&rollouts); err != nil {
		return []string{err.Error()}
	}
	superseded := map[string]string{}
	for _, r := range rollouts.Items {
		superseded[r.ID] = r.SupersededBy
	}
	for _, id := range o.failed {
		if by, listed := superseded[id]; !listed || by == "" {
			list = append(list,
				fmt.Sprintf("rollout %s failed and was superseded; it is listed as failed: %t, "+
					"superseded by %q", id, listed, by))
		}
	}
	return list
}

// trouble reports whether the head has files that a person must look at.
func (m *model) trouble() bool {
	for _, d := range m.databases {
		for key, state := range d.items {
			switch state {
			case "conflict", "edited", "moved":
				return true
			case "missing": // reported once, on the commit that removed the file
				version, _, _ := strings.Cut(key, " ")
				if n, err := strconv.Atoi(version); err == nil && m.removed[n] {
					return true
				}
			}
		}
	}
	return false
}

// statuses returns the allowed states for the build status of each commit with files on the branch.
func (d *modelDatabase) statuses(m *model) map[string]string {
	want := map[string]string{}
	rank := []string{"FAILED", "STOPPED", "STOPPED SUCCESSFUL", "SUCCESSFUL"}
	for path, file := range m.files {
		version := versionOf(path)
		t, row := d.tasks[version], d.ledger[version]
		state := ""
		switch {
		case t != nil && t.script.commit != file.commit:
			continue
		case t != nil && (t.state == "failed" || t.state == "unknown"):
			state = "FAILED"
		case t != nil && t.state == "pending":
			state = "STOPPED"
		case t != nil:
			state = "STOPPED SUCCESSFUL"
		case row != nil && row.done && row.script.commit == file.commit && row.path == path:
			state = "SUCCESSFUL"
		default:
			continue
		}
		if before, ok := want[file.commit]; !ok || slices.Index(rank, state) < slices.Index(rank, before) {
			want[file.commit] = state
		}
	}
	for fall := range d.fell {
		if before, ok := want[fall.commit]; ok && before != "FAILED" {
			want[fall.commit] = d.afterFall(fall, before)
		}
	}
	return want
}

// afterFall is the status of a commit with a failed text; before is the status of the rest.
func (d *modelDatabase) afterFall(fall modelFall, before string) string {
	t, row := d.tasks[fall.version], d.ledger[fall.version]
	switch {
	case t != nil && t.script.commit == fall.commit && t.script.meaning() == fall.meaning:
		return before // its outcome counts already
	case row != nil && row.done && row.script.commit == fall.commit && row.script.meaning() == fall.meaning:
		return before
	case d.skipped[fmt.Sprint(fall.version, fall.meaning)]:
		return "STOPPED"
	}
	return "FAILED"
}

func (d *modelDatabase) ledgerRows() (rows []string) {
	for _, version := range slices.Sorted(maps.Keys(d.ledger)) {
		row := d.ledger[version]
		if row.done {
			rows = append(rows, fmt.Sprint(version, " done"))
			continue
		}
		rows = append(rows, fmt.Sprint(version, " failed ", len(row.kept)))
	}
	return rows
}

func (d *modelDatabase) openTasks() map[string]string {
	tasks := map[string]string{}
	for version, t := range d.tasks {
		state := t.state
		if state == "moved" {
			state = "held"
		}
		tasks[strconv.Itoa(version)] = state
	}
	return tasks
}

// openTasks reads the unfinished tasks of the open rollout, by environment and version.
func (o *oracle) openTasks(view linkView) (map[string]map[string]string, error) {
	tasks := map[string]map[string]string{}
	for _, environment := range demoEnvironments {
		tasks[environment] = map[string]string{}
	}
	if view.Rollout == nil {
		return tasks, nil
	}
	var detail struct {
		Stages []demoStage `json:"stages"`
	}
	err := o.w.api.call(o.w.ctx, "GET", "/rollouts/"+view.Rollout.ID, nil, &detail)
	for _, s := range detail.Stages {
		for _, t := range s.Tasks {
			switch t.State {
			case "pending", "running", "held", "failed", "unknown":
				tasks[s.Environment][t.Version] = t.State
			}
		}
	}
	return tasks, err
}

func (o *oracle) tableRows(d *modelDatabase) (map[string]int, error) {
	names, err := o.w.query(d.environment, o.w.targets.tables())
	if err != nil {
		return nil, err
	}
	rows := map[string]int{}
	for _, name := range names {
		if strings.Contains(name, "towpath") || name == "stranger" {
			continue
		}
		count, err := o.w.query(d.environment, "SELECT count(*) FROM "+name)
		if err != nil {
			return nil, err
		}
		if rows[name], err = strconv.Atoi(count[0]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// ledgerRows lists a target's ledger in the model's format. It leaves out an entry without applied
// statements.
func (o *oracle) ledgerRows(environment string) (rows []string, err error) {
	found, err := o.w.query(environment, "SELECT version, state, statements_done FROM "+o.w.targets.ledger()+
		" WHERE version <> ''")
	for _, row := range found {
		parts := strings.Split(row, "|")
		switch parts[1] {
		case "done", "baselined":
			rows = append(rows, parts[0]+" done")
		default:
			if parts[2] != "0" {
				rows = append(rows, parts[0]+" "+parts[1]+" "+parts[2])
			}
		}
	}
	slices.SortFunc(rows, func(a, b string) int { return leading(a) - leading(b) })
	return rows, err
}

func leading(s string) int {
	n, _ := strconv.Atoi(strings.Fields(s)[0])
	return n
}
