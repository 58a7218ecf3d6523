package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"syscall"
	"time"
)

// moves are the actions of people. Each changes the model and the world alike and returns a short
// description, or "" when it makes no sense now.
var moves = []struct {
	weight int
	do     func(*oracle) string
}{
	{10, (*oracle).addGood},
	{6, (*oracle).addFailing},
	{6, (*oracle).fixFailing},
	{2, (*oracle).fixFromTheStart},
	{3, (*oracle).edit},
	{3, (*oracle).revert},
	{2, (*oracle).rename},
	{2, (*oracle).renumber},
	{3, (*oracle).remove},
	{3, (*oracle).addLate},
	{2, (*oracle).addTwin},
	{2, (*oracle).changeLineEnds},
	{2, (*oracle).retry},
	{3, (*oracle).release},
	{2, (*oracle).skip},
	{2, (*oracle).accept},
	{4, (*oracle).resolve},
	{3, (*oracle).leaveBrokenIndex},
	{2, (*oracle).dropBrokenIndex},
	{4, (*oracle).buildIndex},
	{1, (*oracle).kill},
}

var descriptions = []string{"order", "häuser", "a_b", "select", "x-y"}

func (o *oracle) path(version int) string {
	return fmt.Sprintf("migrations/shop/%d__ddl__%s.sql", version,
		descriptions[o.dice.IntN(len(descriptions))])
}

// goodSteps creates a table and adds rows to it and to the shared table.
func (o *oracle) goodSteps() []step {
	o.names++
	table := fmt.Sprintf("t%d", o.names)
	steps := []step{{make: table}, {into: table, rows: 1 + o.dice.IntN(3)}, {into: "base", rows: 1}}
	if o.dice.IntN(3) == 0 {
		steps = []step{{into: "base", rows: 1 + o.dice.IntN(3)}, {into: "base", rows: 1}}
	}
	return steps
}

func (o *oracle) newest() (version int) {
	for path := range o.m.files {
		version = max(version, versionOf(path))
	}
	for _, d := range o.m.databases {
		for v := range d.ledger {
			version = max(version, v)
		}
	}
	return version
}

func (o *oracle) addGood() string {
	var paths []string
	for range 1 + o.dice.IntN(3) {
		path := o.path(o.newest() + 1 + o.dice.IntN(2))
		o.m.files[path] = script{steps: o.goodSteps(), noTx: o.dice.IntN(4) == 0}
		paths = append(paths, path)
	}
	return "add " + strings.Join(paths, ", ")
}

func (o *oracle) addFailing() string {
	path := o.path(o.newest() + 1)
	steps := o.goodSteps()
	steps = slices.Insert(steps, o.dice.IntN(len(steps)+1), step{fails: true})
	o.m.files[path] = script{steps: steps, noTx: o.dice.IntN(2) == 0}
	return fmt.Sprintf("add %s, which fails", path)
}

// pick returns one of the files that satisfy want.
func (o *oracle) pick(want func(path string, s script) bool) string {
	var paths []string
	for _, path := range slices.Sorted(maps.Keys(o.m.files)) {
		if want(path, o.m.files[path]) {
			paths = append(paths, path)
		}
	}
	if len(paths) == 0 {
		return ""
	}
	return paths[o.dice.IntN(len(paths))]
}

func fails(_ string, s script) bool {
	return slices.ContainsFunc(s.steps, func(one step) bool { return one.fails })
}

// applied reports whether some database has the file's version.
func (o *oracle) applied(path string, _ script) bool {
	return slices.ContainsFunc(o.m.databases, func(d *modelDatabase) bool {
		row := d.ledger[versionOf(path)]
		return row != nil && row.done
	})
}

func (o *oracle) fixFailing() string {
	path := o.pick(fails)
	if path == "" {
		return ""
	}
	s := o.m.files[path]
	s.steps = slices.DeleteFunc(slices.Clone(s.steps), func(one step) bool { return one.fails })
	if o.dice.IntN(2) == 0 {
		s.comment = "-- fixed\n"
	}
	o.m.files[path] = s
	return "fix " + path
}

func (o *oracle) fixFromTheStart() string {
	path := o.pick(fails)
	if path == "" {
		return ""
	}
	s := o.m.files[path]
	s.steps = o.goodSteps()
	o.m.files[path] = s
	return "fix with other statements " + path
}

func (o *oracle) edit() string {
	path := o.pick(o.applied)
	if path == "" {
		return ""
	}
	o.before[path] = o.m.files[path]
	s := o.m.files[path]
	s.steps = append(slices.Clone(s.steps), step{into: "base", rows: 7})
	o.m.files[path] = s
	return "edit " + path
}

func (o *oracle) revert() string {
	path := o.pick(func(path string, _ script) bool { _, ok := o.before[path]; return ok })
	if path == "" {
		return ""
	}
	commit := o.m.files[path].commit
	s := o.before[path]
	s.commit = commit
	o.m.files[path] = s
	delete(o.before, path)
	return "revert " + path
}

func (o *oracle) move(from, to string) {
	s := o.m.files[from]
	delete(o.m.files, from)
	delete(o.before, from)
	o.m.files[to] = s
}

func (o *oracle) rename() string {
	path := o.pick(func(string, script) bool { return true })
	if path == "" {
		return ""
	}
	to := fmt.Sprintf("migrations/shop/%d__ddl__renamed_%d.sql", versionOf(path), o.dice.IntN(1000))
	o.move(path, to)
	return "rename " + path + " to " + to
}

func (o *oracle) renumber() string {
	path := o.pick(func(string, script) bool { return true })
	if path == "" {
		return ""
	}
	to := o.path(o.newest() + 1)
	o.move(path, to)
	return "renumber " + path + " to " + to
}

func (o *oracle) remove() string {
	path := o.pick(func(path string, _ script) bool { return versionOf(path) > 1 })
	if path == "" {
		return ""
	}
	delete(o.m.files, path)
	delete(o.before, path)
	return "remove " + path
}

func (o *oracle) addLate() string {
	for version := 2; version < o.newest(); version++ {
		taken := o.pick(func(path string, _ script) bool { return versionOf(path) == version }) != ""
		for _, d := range o.m.databases {
			taken = taken || d.ledger[version] != nil
		}
		if !taken {
			path := o.path(version)
			o.m.files[path] = script{steps: o.goodSteps()}
			return "add late " + path
		}
	}
	return ""
}

func (o *oracle) addTwin() string {
	path := o.pick(func(path string, _ script) bool {
		return versionOf(path) > 1 &&
			!strings.Contains(path, "twin")
	})
	if path == "" {
		return ""
	}
	twin := fmt.Sprintf("migrations/shop/%d__ddl__twin.sql", versionOf(path))
	if _, there := o.m.files[twin]; there {
		delete(o.m.files, twin)
		return "remove " + twin
	}
	o.m.files[twin] = script{steps: o.goodSteps()}
	return "add twin " + twin
}

func (o *oracle) changeLineEnds() string {
	path := o.pick(func(string, script) bool { return true })
	if path == "" {
		return ""
	}
	s := o.m.files[path]
	s.crlf = !s.crlf
	o.m.files[path] = s
	return "change line ends of " + path
}

// task returns an open task in one of the states, with its database.
func (o *oracle) task(states ...string) (d *modelDatabase, version int) {
	type place struct {
		d       *modelDatabase
		version int
	}
	var places []place
	for _, d := range o.m.databases {
		for _, version := range slices.Sorted(maps.Keys(d.tasks)) {
			if slices.Contains(states, d.tasks[version].state) {
				places = append(places, place{d, version})
			}
		}
	}
	if len(places) == 0 {
		return nil, 0
	}
	p := places[o.dice.IntN(len(places))]
	return p.d, p.version
}

// decide sends a person's decision about an open task.
func (o *oracle) decide(d *modelDatabase, version int, action string, body any) string {
	what := fmt.Sprintf("%s %d in %s", action, version, d.environment)
	_, view := o.w.state()
	if view.Rollout == nil {
		return what + ": there is no open rollout"
	}
	var detail struct {
		Stages []demoStage `json:"stages"`
	}
	if err := o.w.api.call(o.w.ctx, "GET", "/rollouts/"+view.Rollout.ID, nil, &detail); err != nil {
		return what + ": " + err.Error()
	}
	for _, s := range detail.Stages {
		for _, t := range s.Tasks {
			if s.Environment != d.environment || t.Version != fmt.Sprint(version) || t.State == "cancelled" ||
				t.State == "skipped" {
				continue
			}
			if err := o.w.api.call(o.w.ctx, "POST", "/rollouts/"+view.Rollout.ID+"/tasks/"+t.ID+"/"+action,
				body, nil); err != nil {
				return what + ": " + err.Error()
			}
			return what
		}
	}
	return what + ": there is no such task"
}

func (o *oracle) retry() string {
	d, version := o.task("failed")
	if d == nil {
		return ""
	}
	said := o.decide(d, version, "retry", nil)
	d.tasks[version].state = "pending"
	return said
}

func (o *oracle) release() string {
	d, version := o.task("held", "moved")
	if d == nil {
		return ""
	}
	said := o.decide(d, version, "release", nil)
	d.tasks[version].state, d.tasks[version].released = "pending", true
	return said
}

func (o *oracle) skip() string {
	d, version := o.task("held", "moved", "failed", "pending")
	if d == nil {
		return ""
	}
	said := o.decide(d, version, "skip", map[string]string{"reason": "nobody needs it"})
	d.skipped[fmt.Sprint(version, d.tasks[version].script.meaning())] = true
	delete(d.tasks, version)
	return said
}

func (o *oracle) resolve() string {
	d, version := o.task("unknown")
	if d == nil {
		return ""
	}
	t := d.tasks[version]
	file, there := script{}, false
	for path, s := range o.m.files {
		if versionOf(path) == version {
			file, there = s, true
			t.path = path
		}
	}
	if applied := o.dice.IntN(2) == 0 || !there; applied {
		said := o.decide(d, version, "resolve", map[string]any{"applied": true})
		d.ledger[version] = &modelRow{path: t.path, script: t.script, done: true}
		delete(d.tasks, version)
		return said + " as applied"
	}
	said := o.decide(d, version, "resolve", map[string]any{"applied": false})
	t.script, t.state, t.resolved = file, "pending", true
	return said + " as not applied"
}

// accept accepts an edited or moved file, in the first database that has one. Behind a stopped
// stage it would wait, as everything there does.
func (o *oracle) accept() string {
	stopped := false
	for _, d := range o.m.databases {
		if stopped || d.hasUnknown() {
			return ""
		}
		for _, t := range d.tasks {
			stopped = stopped || (t.state != "held" && t.state != "moved")
		}
		for _, key := range slices.Sorted(maps.Keys(d.items)) {
			if state := d.items[key]; state != "edited" && state != "moved" {
				continue
			}
			_, path, _ := strings.Cut(key, " ")
			version := versionOf(path)
			_, view := o.w.state()
			what := fmt.Sprintf("accept %s in %s", path, d.environment)
			i := slices.IndexFunc(view.Plan.Items, func(i planView) bool {
				return i.Path == path &&
					i.Environment == d.environment
			})
			if i < 0 {
				return what + ": it is not in the plan"
			}
			err := o.w.api.call(o.w.ctx, "POST", "/repository-links/"+o.w.linkID+"/accept", map[string]string{
				"databaseId": view.Plan.Items[i].DatabaseID, "version": fmt.Sprint(version), "type": "ddl",
			}, nil)
			if err != nil {
				return what + ": " + err.Error()
			}
			d.ledger[version] = &modelRow{path: path, script: o.m.files[path], done: true}
			delete(d.tasks, version)
			return what
		}
	}
	return ""
}

// nextIndex is the name of the index that the next file builds.
func (o *oracle) nextIndex() string { return fmt.Sprintf("base_idx%d", o.indexes) }

// leaveBrokenIndex creates an invalid index as another client, as a failed concurrent build leaves
// it, under the name that the next file wants.
func (o *oracle) leaveBrokenIndex() string {
	d := o.m.databases[o.dice.IntN(len(o.m.databases))]
	if o.m.engine != "postgres" || d.broken[o.nextIndex()] || d.tables["base"] < 2 {
		return ""
	}
	if _, err := o.w.query(d.environment, "CREATE UNIQUE INDEX CONCURRENTLY "+o.nextIndex()+
		" ON base ((1))"); err == nil {
		return "leave a broken index: it was built"
	}
	d.broken[o.nextIndex()] = true
	return "leave a broken " + o.nextIndex() + " in " + d.environment
}

func (o *oracle) dropBrokenIndex() string {
	for _, d := range o.m.databases {
		names := slices.Sorted(maps.Keys(d.broken))
		if len(names) == 0 {
			continue
		}
		if _, err := o.w.query(d.environment, "DROP INDEX "+names[0]); err != nil {
			return "drop the broken index: " + err.Error()
		}
		delete(d.broken, names[0])
		return "drop the broken " + names[0] + " in " + d.environment
	}
	return ""
}

func (o *oracle) buildIndex() string {
	if o.m.engine != "postgres" {
		return ""
	}
	path := o.path(o.newest() + 1)
	o.m.files[path] = script{steps: []step{{into: "base", rows: 1}, {index: o.nextIndex()}}}
	o.indexes++
	return "add " + path + ", which builds an index"
}

// kill kills the server while it may be working, and restarts it.
func (o *oracle) kill() string {
	said := o.addGood()
	o.kills = func() error {
		time.Sleep(time.Duration(o.dice.IntN(60)) * time.Millisecond)
		if err := o.w.stop(syscall.SIGKILL); err != nil {
			return err
		}
		return o.w.start()
	}
	return said + " and kill the server"
}
