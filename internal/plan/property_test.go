package plan

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"towpath"
)

// worlds draws small inputs in which names, versions and texts often collide.
func worlds() *rapid.Generator[Input] {
	return rapid.Custom(func(t *rapid.T) Input {
		in := Input{
			Environments: environments(),
			Late: rapid.SampledFrom([]towpath.LatePolicy{
				towpath.LateHold, towpath.LateApply,
				towpath.LateRefuse,
			}).Draw(t, "late"),
			BaselinedUpTo: rapid.SampledFrom([]string{"", "2"}).Draw(t, "baseline"),
			LinkedAt:      linked,
		}
		in.Files = manifests("own/").Draw(t, "files")
		in.Others = manifests("other/").Draw(t, "others")
		for _, env := range in.Environments {
			for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"audit", "shop"}), 0, 2,
				rapid.ID).Draw(t, "databases") {
				in.Databases = append(in.Databases, drawDatabase(t, env.Name+"/"+name))
			}
		}
		return in
	})
}

func manifests(prefix string) *rapid.Generator[[]towpath.ManifestFile] {
	one := rapid.Custom(func(t *rapid.T) towpath.ManifestFile {
		m := towpath.Migration{
			MigrationID: drawID(t),
			Checksum:    rapid.SampledFrom([]string{"x", "y", "z"}).Draw(t, "text"),
		}
		m.Environment = rapid.SampledFrom([]string{"", "", "test", "prod", "qa"}).Draw(t, "env")
		m.Database = rapid.SampledFrom([]string{"", "shop", "crm"}).Draw(t, "db")
		m.Path = fmt.Sprintf("%s%s/%s/%s-%s", prefix, m.Environment, m.Database, m.Version, m.Type)
		reason := rapid.SampledFrom([]towpath.Reason{{}, {}, {}, towpath.Why(towpath.ReasonSubmodule)}).Draw(
			t, "reason")
		return towpath.ManifestFile{State: rapid.SampledFrom([]towpath.FileState{
			towpath.FileMatched,
			towpath.FileMatched, towpath.FileIgnored,
		}).Draw(t, "state"), Reason: reason, Migration: m}
	})
	return rapid.SliceOfNDistinct(one, 0, 5, func(f towpath.ManifestFile) string { return f.Path })
}

func drawID(t *rapid.T) towpath.MigrationID {
	if rapid.IntRange(0, 3).Draw(t, "repeatable") == 0 {
		return towpath.RepeatableID(rapid.SampledFrom([]string{"v", "w"}).Draw(t, "name"))
	}
	return towpath.MigrationID{
		Version: rapid.SampledFrom([]string{"1", "2", "3", "10"}).Draw(t, "version"),
		Type: rapid.SampledFrom([]towpath.ChangeType{
			towpath.TypeDDL, towpath.TypeDDL, towpath.TypeDML,
			towpath.TypeBaseline,
		}).Draw(t, "type"),
	}
}

func drawDatabase(t *rapid.T, name string) towpath.Database {
	d := database(name)
	d.AssignedAt = ptr(linked.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "assigned")) * time.Hour))
	d.Ledger.Populated = rapid.Bool().Draw(t, "populated")
	if rapid.IntRange(0, 9).Draw(t, "down") == 0 {
		d.Ledger.Error = towpath.Why(towpath.ReasonNoAnswer)
	}
	entries := rapid.Custom(func(t *rapid.T) towpath.LedgerEntry {
		id := drawID(t)
		if id.Type == towpath.TypeRepeatable {
			id = id.Application(rapid.IntRange(1, 3).Draw(t, "application"))
		}
		return towpath.LedgerEntry{
			MigrationID: id, Checksum: rapid.SampledFrom([]string{"x", "y", "q"}).Draw(t, "text"),
			State: rapid.SampledFrom([]towpath.LedgerState{
				towpath.LedgerDone, towpath.LedgerBaselined,
				towpath.LedgerFailed,
			}).Draw(t, "state"),
			StartedAt: linked.Add(time.Duration(rapid.IntRange(-1, 1).Draw(t, "started")) * time.Hour),
		}
	})
	d.Ledger.Entries = rapid.SliceOfNDistinct(entries, 0, 3,
		func(e towpath.LedgerEntry) towpath.MigrationID { return e.MigrationID }).Draw(t, "ledger")
	return d
}

func TestBuild_dependsOnNoOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := worlds().Draw(t, "world")
		want := Build(in)
		in.Files = rapid.Permutation(in.Files).Draw(t, "files")
		in.Others = rapid.Permutation(in.Others).Draw(t, "others")
		in.Environments = rapid.Permutation(in.Environments).Draw(t, "environments")
		in.Databases = rapid.Permutation(in.Databases).Draw(t, "databases")
		for i := range in.Databases {
			in.Databases[i].Ledger.Entries = rapid.Permutation(in.Databases[i].Ledger.Entries).Draw(t,
				"ledger")
		}
		if diff := cmp.Diff(want, Build(in)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// apply writes into the ledgers what the tasks would leave there.
func apply(in Input, tasks []towpath.Task) Input {
	ledgers := map[string]map[towpath.MigrationID]towpath.LedgerEntry{}
	for _, d := range in.Databases {
		ledgers[d.ID] = map[towpath.MigrationID]towpath.LedgerEntry{}
		for _, e := range d.Ledger.Entries {
			ledgers[d.ID][e.MigrationID] = e
		}
	}
	for _, t := range tasks {
		works, state := t.Covers, towpath.LedgerBaselined
		if t.Action == towpath.ActionApply {
			works, state = []towpath.Migration{t.Migration}, towpath.LedgerDone
		}
		for _, m := range works {
			ledgers[t.DatabaseID][m.MigrationID] = towpath.LedgerEntry{
				MigrationID: m.MigrationID,
				State:       state,
				Path:        m.Path,
				Checksum:    m.Checksum,
				DatabaseID:  t.DatabaseID,
				StartedAt:   linked.Add(time.Hour),
			}
		}
	}
	var after []towpath.Database
	for _, d := range in.Databases {
		d.Ledger.Entries = nil
		for _, e := range ledgers[d.ID] {
			d.Ledger.Entries = append(d.Ledger.Entries, e)
		}
		after = append(after, d)
	}
	in.Databases = after
	return in
}

func TestBuild_afterEverythingWasAppliedPlansNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := worlds().Draw(t, "world")
		first := Build(in)
		if second := Build(apply(in, first.Tasks)); len(second.Tasks) > 0 {
			before, _ := short(first)
			after, _ := short(second)
			t.Fatalf("first %q\nthen %q", before, after)
		}
	})
}

// One migration of one database is planned at most once, and never by two links.
func TestBuild_plansNoMigrationTwice(t *testing.T) {
	t.Parallel()
	type work struct {
		database string
		towpath.MigrationID
	}
	rapid.Check(t, func(t *rapid.T) {
		in := worlds().Draw(t, "world")
		in.BaselinedUpTo = "" // a choice is a link's own
		mirror := in
		mirror.Files, mirror.Others = in.Others, in.Files
		seen := map[work]string{}
		for _, p := range []Plan{Build(in), Build(mirror)} {
			for _, task := range p.Tasks {
				w := work{task.DatabaseID, task.MigrationID}
				if by, twice := seen[w]; twice {
					t.Fatalf("%v is planned by %s and %s", w, by, task.Path)
				}
				seen[w] = task.Path
			}
		}
	})
}

// Every file has an item in each of its databases, and every task stands for files whose items say
// so.
func TestBuild_tasksAndItemsAgree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := Build(worlds().Draw(t, "world"))
		planned := map[string]int{}
		for _, task := range p.Tasks {
			works := task.Covers
			if task.Action == towpath.ActionApply {
				works = []towpath.Migration{task.Migration}
			}
			for _, m := range works {
				if m.Path != "" {
					planned[task.DatabaseID+m.Path]++
				}
			}
			if (task.State == towpath.TaskHeld) != (!task.Reason.IsZero()) {
				t.Fatalf("%s is %s: %q", task.Path, task.State, task.Reason)
			}
		}
		for _, item := range p.Items {
			if item.State == ItemPending || item.State == ItemHeld || item.State == ItemMoved {
				planned[item.DatabaseID+item.Path]--
			}
		}
		for where, n := range planned {
			if n != 0 {
				t.Fatalf("%s: %d more tasks than items", where, n)
			}
		}
	})
}
