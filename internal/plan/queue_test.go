package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towpath"
)

// branchOf is a branch that adds or changes files, "-path" removes one. A text follows behind "=".
func branchOf(t testing.TB, name string, paths ...string) Branch {
	t.Helper()
	b := Branch{Name: name}
	for _, p := range paths {
		p, removed := strings.CutPrefix(p, "-")
		p, text, changed := strings.Cut(p, "=")
		f := file(t, "{{DB_NAME}}/{{VERSION}}__{{DESCRIPTION}}.sql", p)
		if changed {
			f = file(t, "{{DB_NAME}}/{{VERSION}}__{{DESCRIPTION}}.sql", p, text)
		}
		b.Files = append(b.Files, towpath.BranchFile{Removed: removed, ManifestFile: f})
	}
	return b
}

// queueInput is a link's branch with files, whose first ones the databases of test and prod have.
func queueInput(t testing.TB, applied int, paths ...string) Input {
	t.Helper()
	in := Input{Environments: environments(), LinkedAt: linked}
	var entries []towpath.LedgerEntry
	for i, p := range paths {
		f := file(t, "{{DB_NAME}}/{{VERSION}}__{{DESCRIPTION}}.sql", p)
		in.Files = append(in.Files, f)
		if i < applied {
			entries = append(entries, entry(f.Version, p))
		}
	}
	in.Databases = []towpath.Database{database("test/shop", entries...), database("prod/shop", entries...)}
	return in
}

func TestQueue(t *testing.T) {
	t.Parallel()
	trunk := queueInput(t, 2, "shop/1__a.sql", "shop/2__b.sql", "shop/3__c.sql")
	for name, c := range map[string]struct {
		in       Input
		branches []Branch
		want     string // of the first branch: the verdict, and the codes of its reasons
	}{
		"a new file": {trunk, []Branch{branchOf(t, "x", "shop/4__d.sql")}, "clear"},
		"two new files of one version": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/4__d.sql", "shop/4__e.sql")},
			"conflict merge-conflict merge-conflict",
		},
		"a new file of another database": {
			trunk, []Branch{branchOf(t, "x", "audit/1__d.sql")}, "clear",
		},
		"what the link's branch has": {
			trunk, []Branch{branchOf(t, "x", "shop/3__c.sql", "-shop/9__gone.sql")}, "clear merged",
		},
		"an applied file is edited": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/1__a.sql=other", "shop/4__d.sql")},
			"edits-applied merge-edits merge-edits",
		},
		"a file that no database has is edited": {
			trunk, []Branch{branchOf(t, "x", "shop/3__c.sql=other")}, "clear",
		},
		"an applied file is renamed": {
			trunk, []Branch{branchOf(t, "x", "-shop/1__a.sql", "shop/1__aa.sql=shop/1__a.sql")}, "clear",
		},
		"an applied file is renamed and edited": {
			trunk,
			[]Branch{branchOf(t, "x", "-shop/1__a.sql", "shop/1__aa.sql=other")},
			"edits-applied merge-edits merge-edits",
		},
		"an applied file is removed": {
			trunk,
			[]Branch{branchOf(t, "x", "-shop/2__b.sql")},
			"removes-applied merge-removes merge-removes",
		},
		"a file that no database has is removed": {
			trunk, []Branch{branchOf(t, "x", "-shop/3__c.sql")}, "clear",
		},
		"a version of the link's branch": {
			trunk, []Branch{branchOf(t, "x", "shop/3__other.sql")}, "conflict merge-conflict",
		},
		"a version that a database has": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/1__other.sql")},
			"conflict merge-conflict",
		},
		"a version of another branch": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/4__d.sql"), branchOf(t, "y", "shop/04__e.sql")},
			"same-version merge-same-version",
		},
		"a version of another branch for another database": {
			trunk, []Branch{branchOf(t, "x", "shop/4__d.sql"), branchOf(t, "y", "audit/4__e.sql")}, "clear",
		},
		"older than the link's branch": {
			trunk, []Branch{branchOf(t, "x", "shop/2.5__d.sql")}, "late merge-late",
		},
		"older than the link's branch, which runs late files": {
			changed(trunk, func(in *Input) { in.Late = towpath.LateApply }),
			[]Branch{branchOf(t, "x", "shop/2.5__d.sql")},
			"clear",
		},
		"older than another branch": {
			trunk,
			[]Branch{branchOf(t, "x", "shop/4__d.sql"), branchOf(t, "y", "shop/6__e.sql", "shop/5__e.sql")},
			"late-once merge-late-once",
		},
		"newer than another branch": {
			trunk, []Branch{branchOf(t, "x", "shop/6__d.sql"), branchOf(t, "y", "shop/4__e.sql")}, "clear",
		},
		"the same table as another branch": {
			trunk, []Branch{
				touching(branchOf(t, "x", "shop/6__d.sql"), "item"),
				touching(branchOf(t, "y", "shop/4__e.sql"), "item", "log"),
			}, "same-objects merge-same-objects",
		},
		"everything at once": {
			trunk,
			[]Branch{
				branchOf(t, "x", "shop/1__a.sql=other", "-shop/2__b.sql", "shop/3__other.sql", "shop/2.5__l.sql",
					"shop/4__d.sql"),
				branchOf(t, "y", "shop/4__e.sql", "shop/5__e.sql"),
			},
			"edits-applied merge-edits merge-edits merge-removes merge-removes merge-conflict " +
				"merge-same-version merge-late merge-late-once merge-late-once merge-late-once",
		},
	} {
		if got := placeText(Queue(c.in, c.branches)[c.branches[0].Name]); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, c.want)
		}
	}
}

func touching(b Branch, objects ...string) Branch {
	for i := range b.Files {
		b.Files[i].Objects = objects
	}
	return b
}

func placeText(p Place) string {
	words := []string{string(p.Verdict)}
	for _, why := range p.Order {
		words = append(words, string(why.Code))
	}
	if p.Merged {
		words = append(words, "merged")
	}
	return strings.Join(words, " ")
}

// drawBranches draws branches whose files often collide with each other and with the link's.
func drawBranches(t *rapid.T, in Input) (branches []Branch) {
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), 1, 3, rapid.ID).Draw(t, "names")
	for _, name := range names {
		b := Branch{Name: name}
		files := manifests(rapid.SampledFrom([]string{"own/", "new/"}).Draw(t, "prefix")).Draw(t, "files")
		for _, f := range files {
			b.Files = append(b.Files, towpath.BranchFile{
				Removed: rapid.Bool().Draw(t, "removed"), ManifestFile: f,
				Objects: rapid.SampledFrom([][]string{nil, {"item"}}).Draw(t, "objects"),
			})
		}
		branches = append(branches, b)
	}
	return branches
}

func TestQueue_dependsOnNoOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := worlds().Draw(t, "world")
		branches := drawBranches(t, in)
		want := fmt.Sprint(Queue(in, branches))
		in.Files = rapid.Permutation(in.Files).Draw(t, "files")
		in.Databases = rapid.Permutation(in.Databases).Draw(t, "databases")
		branches = rapid.Permutation(branches).Draw(t, "branches")
		for i := range branches {
			branches[i].Files = rapid.Permutation(branches[i].Files).Draw(t, "branch")
		}
		if got := fmt.Sprint(Queue(in, branches)); got != want {
			t.Fatalf("\n got %s\nwant %s", got, want)
		}
	})
}

// A branch that is merged as it is leaves nothing: it is merged then, and its files are the trunk's.
func TestQueue_aMergeEndsABranch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := worlds().Draw(t, "world")
		branches := drawBranches(t, in)
		b := branches[0]
		in.Files = mergedFiles(in.Files, b)
		if p := Queue(in, branches)[b.Name]; !p.Merged || p.Verdict != towpath.MergeClear {
			t.Fatalf("after its merge: %s", placeText(p))
		}
	})
}

func mergedFiles(trunk []towpath.ManifestFile, b Branch) (merged []towpath.ManifestFile) {
	for _, f := range trunk {
		if !slices.ContainsFunc(b.Files, func(o towpath.BranchFile) bool { return o.Path == f.Path }) {
			merged = append(merged, f)
		}
	}
	for _, f := range b.Files {
		if !f.Removed {
			merged = append(merged, f.ManifestFile)
		}
	}
	return merged
}

// What Queue lets through does not stop the plan: with a clear branch merged, no file of it is
// edited, in conflict or late in a database.
func TestQueue_agreesWithThePlan(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := worlds().Draw(t, "world")
		branches := drawBranches(t, in)[:1]
		b := branches[0]
		if Queue(in, branches)[b.Name].Verdict != towpath.MergeClear {
			return
		}
		own := map[string]bool{}
		for _, f := range b.Files {
			own[f.Path] = !f.Removed
		}
		before := map[string]ItemState{}
		for _, item := range Build(in).Items {
			before[item.Path+item.DatabaseID] = item.State
		}
		in.Files = mergedFiles(in.Files, b)
		for _, item := range Build(in).Items {
			state := item.State
			if own[item.Path] && (state == ItemEdited || state == ItemConflict) &&
				before[item.Path+item.DatabaseID] != state && item.Type != towpath.TypeBaseline {
				t.Fatalf("%s is clear, and %s is %s: %s", b.Name, item.Path, state, item.Reason)
			}
		}
	})
}
