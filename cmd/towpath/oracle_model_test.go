package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A step is one statement of a script, as plain data.
type step struct {
	make  string // the table that it creates
	into  string // the table that it adds rows to
	rows  int
	index string // the index that it builds, if none has the name
	fails bool
}

// sql is the statement. All engines read it the same way.
func (s step) sql() string {
	switch {
	case s.fails:
		return "INSERT INTO nowhere VALUES (1)"
	case s.make != "":
		return "CREATE TABLE " + s.make + " (id INTEGER)"
	case s.index != "":
		return "CREATE INDEX CONCURRENTLY IF NOT EXISTS " + s.index + " ON base (id)"
	}
	return "INSERT INTO " + s.into + " VALUES (0)" + strings.Repeat(", (0)", s.rows-1)
}

// A script is the content of a file.
type script struct {
	steps   []step
	noTx    bool // each statement commits by itself
	comment string
	crlf    bool
	commit  string // that brought the text to the branch
}

func (s script) text() string {
	var b strings.Builder
	if s.noTx {
		b.WriteString("-- towpath: no-transaction\n")
	}
	b.WriteString(s.comment)
	for _, one := range s.steps {
		b.WriteString(one.sql() + ";\n")
	}
	if s.crlf {
		return strings.ReplaceAll(b.String(), "\n", "\r\n")
	}
	return b.String()
}

// meaning is the text without differences in line ends.
func (s script) meaning() string {
	s.crlf = false
	return s.text()
}

// commitsAlone reports whether the statements before a failure stay in the database.
func (s script) commitsAlone(engine string) bool {
	return s.noTx || slices.ContainsFunc(s.steps, func(one step) bool {
		return one.index != "" || (engine == "mysql" && one.make != "")
	})
}

// modelTask is an open task.
type modelTask struct {
	path     string
	script   script
	state    string // pending, held, moved, failed, unknown
	released bool
	resolved bool // a person has decided that it runs again
}

// modelRow is a row of the ledger.
type modelRow struct {
	path   string
	script script
	done   bool
	kept   []string // the applied statements, when it is not done
}

// modelFall is a text of a commit whose attempt did not succeed.
type modelFall struct {
	commit  string
	version int
	meaning string
}

// modelDatabase is a target and the expected state that the server shows for it.
type modelDatabase struct {
	environment string
	tables      map[string]int // rows of each
	indexes     map[string]bool
	broken      map[string]bool // indexes that another client left invalid
	ledger      map[int]*modelRow
	tasks       map[int]*modelTask
	skipped     map[string]bool    // version and text
	fell        map[modelFall]bool // texts that failed here, or ended unknown
	items       map[string]string  // states of files that are not simply applied, by version and path
}

// model is the expected state after everything has settled, by the rules of the README only. It
// shares no code with the product.
type model struct {
	engine    string
	files     map[string]script // the branch's head, by path
	removed   map[int]bool      // versions whose last file the newest commit removed
	databases []*modelDatabase  // in the order of their stages
	failed    bool              // an attempt has failed since the last comparison
}

func newModel(engine string) *model {
	m := &model{engine: engine, files: map[string]script{}}
	for _, environment := range demoEnvironments {
		m.databases = append(m.databases, &modelDatabase{
			environment: environment,
			tables:      map[string]int{},
			indexes:     map[string]bool{},
			broken:      map[string]bool{},
			ledger:      map[int]*modelRow{},
			tasks:       map[int]*modelTask{},
			skipped:     map[string]bool{},
			fell:        map[modelFall]bool{},
		})
	}
	return m
}

// versionOf reads the version in a path such as migrations/shop/3__ddl__x.sql.
func versionOf(path string) (version int) {
	_, err := fmt.Sscanf(path, "migrations/shop/%d__", &version)
	if err != nil {
		panic(fmt.Sprintf("no version in %s: %v", path, err))
	}
	return version
}

// settle runs the model until nothing moves by itself any more.
func (m *model) settle() {
	closed := map[string]bool{} // paths that an earlier stage keeps back
	held := map[string]bool{}   // paths that wait for a person in an earlier stage
	open := true
	for _, d := range m.databases {
		m.plan(d, closed)
		if open {
			m.run(d, held)
		}
		m.plan(d, closed) // a run changes the states
		for _, t := range d.tasks {
			waits := t.state == "held" || t.state == "moved"
			if !waits && !held[t.path] {
				open = false
			}
		}
		for _, t := range d.tasks {
			held[t.path] = held[t.path] || t.state == "held" || t.state == "moved"
		}
		for key, state := range d.items {
			if state == "conflict" || state == "blocked" || state == "edited" {
				_, path, _ := strings.Cut(key, " ")
				closed[path] = true
			}
		}
	}
}

// remove notes the versions of which a commit removed the last file.
func (m *model) remove(paths []string) {
	m.removed = map[int]bool{}
	for _, path := range paths {
		if path != "" {
			m.removed[versionOf(path)] = true
		}
	}
	for path := range m.files {
		delete(m.removed, versionOf(path))
	}
}

// plan compares the files with a database's ledger and brings its open tasks up to date.
func (m *model) plan(d *modelDatabase, closed map[string]bool) {
	d.items = map[string]string{}
	claims := map[int][]string{}
	for path := range m.files {
		claims[versionOf(path)] = append(claims[versionOf(path)], path)
	}
	gone := map[string]bool{} // texts whose files are gone
	newest := 0
	for version, row := range d.ledger {
		if row.done {
			newest = max(newest, version)
		}
		if len(claims[version]) == 0 {
			gone[row.script.meaning()] = true
			d.items[fmt.Sprint(version, " ", row.path)] = "missing"
		}
	}
	wanted := map[int]bool{}
	barrier := false
	for _, version := range slices.Sorted(maps.Keys(claims)) {
		paths := claims[version]
		path, file := paths[0], m.files[paths[0]]
		row := d.ledger[version]
		state := ""
		switch {
		case len(paths) > 1:
			barrier = true
			for _, path := range paths {
				d.items[fmt.Sprint(version, " ", path)] = "conflict"
			}
			continue
		case row != nil && row.done:
			if row.script.meaning() != file.meaning() {
				state = "edited"
			} else if row.path != path {
				state = "renamed"
			}
		case barrier || closed[path]:
			barrier = true
			state = "blocked"
			if t := d.tasks[version]; t != nil && t.state == "unknown" {
				state = t.state // an unknown task takes precedence
			}
		case d.skipped[fmt.Sprint(version, file.meaning())]:
			state = "skipped"
		default:
			wanted[version] = true
			fresh := "pending"
			if gone[file.meaning()] {
				fresh = "moved"
			} else if version < newest {
				fresh = "held"
			}
			state = d.schedule(version, path, file, fresh)
		}
		if state != "" {
			d.items[fmt.Sprint(version, " ", path)] = state
		}
	}
	for version, t := range d.tasks {
		if !wanted[version] && t.state != "unknown" {
			delete(d.tasks, version)
		}
	}
}

// schedule opens a task, or keeps the open one, and returns its state.
func (d *modelDatabase) schedule(version int, path string, file script, fresh string) string {
	t := d.tasks[version]
	switch {
	case t == nil || (t.state != "unknown" && t.script.meaning() != file.meaning()):
		d.tasks[version] = &modelTask{path: path, script: file, state: fresh}
		return fresh
	case t.state == "unknown":
		if !d.goesOn(version, file) {
			return t.state
		}
		t.script = file
		t.state = fresh // the text in the database is back
	case t.state == "held", t.state == "moved", t.state == "pending" && !t.released:
		t.state = fresh
	}
	t.path = path
	return t.state
}

// goesOn reports whether a file begins with the statements that are already applied.
func (d *modelDatabase) goesOn(version int, file script) bool {
	row := d.ledger[version]
	if row == nil {
		return true
	}
	for i, kept := range row.kept {
		if i >= len(file.steps) || file.steps[i].sql() != kept {
			return false
		}
	}
	return true
}

// run runs what may run, in order.
func (m *model) run(d *modelDatabase, held map[string]bool) {
	if d.hasUnknown() {
		return
	}
	for _, version := range slices.Sorted(maps.Keys(d.tasks)) {
		t := d.tasks[version]
		switch {
		case t.state == "held", t.state == "moved", held[t.path]:
			continue
		case t.state == "pending":
			m.attempt(d, version, t)
		}
		if d.tasks[version] != nil {
			return
		}
	}
}

// hasUnknown reports whether nothing may start in the database because of an unknown task.
func (d *modelDatabase) hasUnknown() bool {
	for _, t := range d.tasks {
		if t.state == "unknown" {
			return true
		}
	}
	return false
}

// attempt runs one task: it is done and removed, or failed, or unknown.
func (m *model) attempt(d *modelDatabase, version int, t *modelTask) {
	from := 0
	row := d.ledger[version]
	switch {
	case row != nil && d.goesOn(version, t.script):
		from = len(row.kept)
	case row != nil && !t.resolved:
		t.state = "unknown"
		d.fell[modelFall{t.script.commit, version, t.script.meaning()}] = true
		return
	}
	tables, indexes := maps.Clone(d.tables), maps.Clone(d.indexes)
	var kept []string
	for _, s := range t.script.steps[:from] {
		kept = append(kept, s.sql())
	}
	for _, s := range t.script.steps[from:] {
		if !d.exec(s) {
			t.state, t.resolved = "failed", false
			m.failed = true
			d.fell[modelFall{t.script.commit, version, t.script.meaning()}] = true
			if !t.script.commitsAlone(m.engine) {
				d.tables, d.indexes = tables, indexes
			} else if len(kept) > 0 || row != nil {
				d.ledger[version] = &modelRow{path: t.path, script: t.script, kept: kept}
			}
			return
		}
		kept = append(kept, s.sql())
	}
	d.ledger[version] = &modelRow{path: t.path, script: t.script, done: true}
	delete(d.tasks, version)
}

// exec runs a statement and reports whether it had the described effect.
func (d *modelDatabase) exec(s step) bool {
	switch {
	case s.fails:
		return false
	case s.make != "":
		if _, there := d.tables[s.make]; there {
			return false
		}
		d.tables[s.make] = 0
	case s.index != "":
		if _, there := d.tables["base"]; !there || d.broken[s.index] {
			return false
		}
		d.indexes[s.index] = true
	default:
		if _, there := d.tables[s.into]; !there {
			return false
		}
		d.tables[s.into] += s.rows
	}
	return true
}

// rollout is the state of the link's open rollout, "done" when nothing is open.
func (m *model) rollout() string {
	states := map[string]bool{}
	for _, d := range m.databases {
		for _, t := range d.tasks {
			states[t.state] = true
		}
	}
	switch {
	case states["unknown"]:
		return "unknown"
	case states["failed"]:
		return "failed"
	case states["held"], states["moved"]:
		return "held"
	case states["pending"]:
		return "pending"
	}
	return "done"
}
