package plan

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"towpath"
)

// startWorld is a branch, two databases and an open rollout, as in the product but without I/O.
type startWorld struct {
	texts    map[string]string // of the files of the branch
	ledgers  map[string][]towpath.LedgerEntry
	start    towpath.StartMode // of prod
	rollout  towpath.Rollout
	commit   int
	seen     []towpath.Task  // that waited when a person looked
	approved map[string]bool // texts that a person has seen and started
}

// reconcile makes the open tasks those of the branch.
func (w *startWorld) reconcile() {
	in := Input{Late: towpath.LateApply, LinkedAt: linked, Environments: []towpath.Environment{
		{ID: "E0", Name: "test", Position: 0, Gate: towpath.Gate{Start: towpath.StartAutomatic}},
		{ID: "E2", Name: "prod", Position: 2, Gate: towpath.Gate{Start: w.start}},
	}}
	for _, name := range []string{"test/shop", "prod/shop"} {
		in.Databases = append(in.Databases, database(name, w.ledgers[name]...))
	}
	for _, version := range slices.Sorted(maps.Keys(w.texts)) {
		in.Files = append(in.Files, towpath.ManifestFile{
			State: towpath.FileMatched,
			Migration: towpath.Migration{
				MigrationID: towpath.MigrationID{Version: version, Type: towpath.TypeDDL},
				Path:        version + ".sql",
				Checksum:    w.texts[version],
			},
		})
	}
	w.commit++
	c := Diff(w.rollout.Tasks, Build(in), fmt.Sprint(w.commit))
	w.rollout.Tasks = slices.Concat(c.Kept, c.Fresh)
}

// run runs the first task that may start, and reports one that nobody has started.
func (w *startWorld) run(t *rapid.T) {
	ready := w.rollout.Next()
	if len(ready) == 0 {
		return
	}
	next := ready[0]
	if next.DatabaseID == "prod/shop" && w.start == towpath.StartManual && !w.approved[next.Checksum] {
		t.Fatalf("%s runs in prod, and nobody has seen and started it", next.Checksum)
	}
	i := slices.IndexFunc(w.rollout.Tasks, func(o towpath.Task) bool { return KeyOf(o) == KeyOf(next) })
	w.rollout.Tasks[i].State = towpath.TaskFailed
	if rapid.IntRange(0, 3).Draw(t, "fails") == 0 {
		return
	}
	w.rollout.Tasks[i].State = towpath.TaskDone
	w.ledgers[next.DatabaseID] = append(w.ledgers[next.DatabaseID], towpath.LedgerEntry{
		MigrationID: next.MigrationID,
		State:       towpath.LedgerDone,
		Path:        next.Path,
		Checksum:    next.Checksum,
		DatabaseID:  next.DatabaseID,
		StartedAt:   linked,
	})
}

// begin starts prod if what waits is what was seen, as Service.Start does.
func (w *startWorld) begin() {
	waiting, ready := w.rollout.Waiting("E2")
	seen, now := towpath.Stage{Tasks: w.seen}, towpath.Stage{Tasks: waiting}
	if !ready || seen.Evidence() != now.Evidence() {
		return
	}
	for _, t := range w.seen {
		w.approved[t.Checksum] = true
	}
	for _, t := range waiting {
		i := slices.IndexFunc(w.rollout.Tasks, func(o towpath.Task) bool { return KeyOf(o) == KeyOf(t) })
		task := &w.rollout.Tasks[i]
		task.State, task.Reason, task.Released = towpath.TaskPending, towpath.Reason{}, true
	}
}

// Whatever happens in whatever order, an environment with manual start runs only what a person has
// seen and started.
func TestStart_runsOnlyWhatWasSeen(t *testing.T) {
	t.Parallel()
	started := 0
	rapid.Check(t, func(t *rapid.T) {
		w := startWorld{
			texts: map[string]string{}, ledgers: map[string][]towpath.LedgerEntry{},
			start: towpath.StartManual, approved: map[string]bool{},
		}
		version := rapid.SampledFrom([]string{"1", "2", "3"})
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				v := version.Draw(t, "version")
				w.texts[v] = fmt.Sprintf("%s, text %d", v, w.commit)
				w.reconcile()
			},
			"remove": func(t *rapid.T) {
				delete(w.texts, version.Draw(t, "version"))
				w.reconcile()
			},
			"change the start": func(t *rapid.T) {
				w.start = rapid.SampledFrom([]towpath.StartMode{
					towpath.StartManual, towpath.StartAutomatic,
				}).Draw(t, "start")
				w.reconcile()
			},
			"look":  func(*rapid.T) { w.seen, _ = w.rollout.Waiting("E2") },
			"start": func(*rapid.T) { w.begin() },
			"retry": func(*rapid.T) {
				for i := range w.rollout.Tasks {
					if w.rollout.Tasks[i].State == towpath.TaskFailed {
						w.rollout.Tasks[i].State = towpath.TaskPending
					}
				}
				w.reconcile()
			},
			"run": func(t *rapid.T) { w.run(t) },
		})
		started += len(w.approved)
	})
	if started == 0 {
		t.Error("nobody has started anything: the test shows nothing")
	}
}
