package crashtest

import (
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"towpath"
)

// verdict is the result of a trial.
type verdict string

const (
	same    verdict = "same"    // as after an undisturbed run
	unknown verdict = "unknown" // a person must decide
	lost    verdict = "LOST"    // reported as done, without any effect
	doubled verdict = "DOUBLED" // anything else: a part took effect twice, or not at all
	stuck   verdict = "STUCK"   // the second process did not finish, so nothing is known
	passed  verdict = "–"       // the process did not reach the place, or finished before it could be killed
)

// trial is one crash.
type trial struct {
	engine towpath.EngineType
	kind   kind
	child  child
	column string
}

// places are where a process dies; the third is within the statement.
func places() []string {
	return []string{
		"before intent", "after intent", "during", "after statement", "before outcome",
		"after outcome", "before metadata",
	}
}

// reference holds the states before and after an undisturbed run.
type reference struct {
	start, end state
	took       time.Duration
}

func refer(t *testing.T, e towpath.EngineType, k kind) reference {
	t.Helper()
	w := newWorld(t, e, setups()[e])
	defer w.close()
	r := reference{start: w.state(k)}
	w.plan("1", k.script)
	began := time.Now()
	if s, reason := w.finish(); s != towpath.TaskDone {
		t.Fatalf("%s, %s undisturbed: %s %s", e, k.name, s, reason)
	}
	r.took, r.end = time.Since(began), w.state(k)
	return r
}

// try makes one crash and checks the end.
func try(t *testing.T, tr trial, r reference) verdict {
	w := newWorld(t, tr.engine, setups()[tr.engine])
	defer w.close()
	w.plan("1", tr.kind.script)
	c := w.child()
	c.Place, c.Nth, c.Wait, c.How = tr.child.Place, tr.child.Nth, tr.child.Wait, tr.child.How
	cmd, out := w.start(c)
	var waited error
	if c.How == "stop" {
		if !stopped(cmd.Process.Pid) {
			_ = cmd.Wait()
			return passed
		}
	} else if waited = cmd.Wait(); c.How == "kill" && !isKilled(waited) {
		return passed
	}
	var s towpath.TaskState
	var reason string
	if c.How == "cut" {
		text, rest, _ := strings.Cut(out.String(), "\n")
		s, reason = towpath.TaskState(text), rest
	} else {
		if c.How == "stop" {
			// A stopped process that holds a SQLite file blocks everybody until it continues.
			wake := 8 * lease
			if tr.engine == towpath.EngineSQLite {
				wake = 2 * lease
			}
			alarm := time.AfterFunc(wake, func() { _ = cmd.Process.Signal(syscall.SIGCONT) })
			defer alarm.Stop()
		}
		s, reason = w.finish()
	}
	if c.How == "stop" {
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = cmd.Wait()
	}
	end := w.state(tr.kind)
	switch {
	case s == towpath.TaskUnknown:
		if !tr.kind.indeterminate {
			t.Errorf("%s, %s, %s: unknown, where the catalog can tell: %s", tr.engine, tr.kind.name,
				tr.column, reason)
		}
		return unknown
	case s == towpath.TaskDone && end == r.end:
		return same
	case s == towpath.TaskDone && end == r.start:
		t.Errorf("%s, %s, %s: lost", tr.engine, tr.kind.name, tr.column)
		return lost
	}
	if s != towpath.TaskDone && s != towpath.TaskFailed {
		t.Errorf("%s, %s, %s (nth %d): %s %s", tr.engine, tr.kind.name, tr.column, c.Nth, s, reason)
		return stuck
	}
	t.Errorf("%s, %s, %s (nth %d): %s %s\ndata %q, want %q\n%s", tr.engine, tr.kind.name, tr.column, c.Nth, s,
		reason, end.data, r.end.data, end.dump)
	return doubled
}

// stopped waits until a process has stopped; false when it has ended.
func stopped(pid int) bool {
	for range 2000 {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			return false
		}
		_, rest, _ := strings.Cut(string(text), ") ")
		switch {
		case strings.HasPrefix(rest, "T"):
			return true
		case strings.HasPrefix(rest, "Z"):
			return false
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

// trials lists the crashes of a kind.
func trials(e towpath.EngineType, k kind, took time.Duration) (all []trial) {
	add := func(how, place string, nth int, wait time.Duration, column string) {
		all = append(all, trial{
			engine: e,
			kind:   k,
			column: column,
			child:  child{How: how, Place: place, Nth: nth, Wait: wait},
		})
	}
	nths := []int{max(1, (k.many+1)/2)}
	repeat := map[string]int{"brief": 0, "bounded": 1, "full": 5}[*size]
	if *size == "full" {
		nths = nths[:0]
		for n := 1; n <= max(1, k.many); n++ {
			nths = append(nths, n)
		}
	}
	// Where the whole file is one transaction, there is one intent and one outcome for any number
	// of statements.
	together := e == towpath.EngineSQLite || e == towpath.EnginePostgres &&
		!strings.Contains(k.script, "CONCURRENTLY")
	intents := nths
	if together {
		intents = []int{1}
	}
	for _, place := range places() {
		passed := intents
		switch place {
		case "after statement":
			passed = nths
		case "before outcome", "before metadata":
			passed = []int{1}
		}
		for _, n := range passed {
			if place != "during" {
				add("kill", place, n, 0, place)
				continue
			}
			for range max(repeat, 1) {
				add("kill", "after intent", n, jitter(took/3), place)
			}
		}
	}
	if repeat > 0 {
		for _, how := range []string{"stop", "cut"} {
			add(how, "after intent", intents[0], 0, how+" after intent")
			add(how, "after intent", intents[0], jitter(took/3), how+" during")
		}
	}
	return all
}

func TestCrashMatrix(t *testing.T) {
	t.Parallel()
	m := &matrix{cells: map[string]map[string]map[verdict]int{}}
	work := make(chan func())
	var workers sync.WaitGroup
	for range 5 { // most of a trial is waiting for a lease to end
		workers.Go(func() {
			for do := range work {
				var trial sync.WaitGroup
				trial.Go(do) // on its own goroutine, which a fatal failure ends
				trial.Wait()
			}
		})
	}
	for _, e := range engines() {
		for n, k := range kinds(e) {
			if *size == "brief" && n%5 != 3 {
				continue
			}
			r := refer(t, e, k)
			for _, tr := range trials(e, k, r.took) {
				work <- func() {
					began := time.Now()
					v := try(t, tr, r)
					if took := time.Since(began); took > 10*time.Second {
						t.Logf("%s, %s, %s: %s took %s", tr.engine, tr.kind.name, tr.column, v, took)
					}
					m.add(tr, v)
				}
			}
		}
	}
	close(work)
	workers.Wait()
	text, counts := m.text()
	t.Log("\n" + text)
	fmt.Println(counts)
	if *report != "" {
		if err := os.WriteFile(*report, []byte(heading+text), 0o644); err != nil {
			t.Error(err)
		}
	}
}

const heading = `# The crash matrix

Made by ` + "`make crash-matrix`" + `: the process that runs a task is stopped at one place, another process
takes over, and the end is compared with that of an undisturbed run. The column names the place and
the way: killed (SIGKILL), *stop* (SIGSTOP for longer than its lease, continued when the other has
finished) or *cut* (its connections are closed under it). *during* is a random moment of the
statement.

*same* is the undisturbed end, and *unknown* is left to a person: only kinds for which the catalog
cannot decide, by the table in adr/0005-executor.md, may be that. *–* means that the process
finished before it could be killed.

`

// matrix counts verdicts by kind and column.
type matrix struct {
	mu    sync.Mutex
	rows  []string
	cells map[string]map[string]map[verdict]int
}

func (m *matrix) add(tr trial, v verdict) {
	m.mu.Lock()
	defer m.mu.Unlock()
	name := map[towpath.EngineType]string{
		towpath.EngineSQLite:   "SQLite",
		towpath.EnginePostgres: "PostgreSQL", towpath.EngineMySQL: "MariaDB",
	}[tr.engine]
	row := name + " | " + tr.kind.name
	if m.cells[row] == nil {
		m.cells[row] = map[string]map[verdict]int{}
		m.rows = append(m.rows, row)
	}
	if m.cells[row][tr.column] == nil {
		m.cells[row][tr.column] = map[verdict]int{}
	}
	m.cells[row][tr.column][v]++
}

func (m *matrix) text() (text, counts string) {
	columns := append(places(), "stop after intent", "stop during", "cut after intent", "cut during")
	sum := map[verdict]int{}
	var out strings.Builder
	out.WriteString("| engine | kind | " + strings.Join(columns, " | ") + " |\n|---|---|" +
		strings.Repeat("---|", len(columns)) + "\n")
	for _, row := range m.rows {
		out.WriteString("| " + row + " |")
		for _, c := range columns {
			var parts []string
			for v, n := range m.cells[row][c] {
				sum[v] += n
				parts = append(parts, fmt.Sprintf("%s %d", v, n))
			}
			sort.Strings(parts)
			out.WriteString(" " + strings.ReplaceAll(strings.Join(parts, ", "), "– ", "– ") + " |")
		}
		out.WriteString("\n")
	}
	counts = fmt.Sprintf("crash-matrix: %d trials, %d lost, %d doubled, %d unknown",
		sum[same]+sum[unknown]+sum[lost]+sum[doubled]+sum[stuck], sum[lost], sum[doubled], sum[unknown])
	if sum[stuck] > 0 {
		counts += fmt.Sprintf(", %d stuck", sum[stuck])
	}
	return out.String() + "\n" + counts + "\n", counts
}
