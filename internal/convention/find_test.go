package convention

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"towpath/internal/plan"
)

func TestFind(t *testing.T) {
	t.Parallel()
	for _, c := range readRepositories(t, "testdata/cases.txt") {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, f := range Find(c.paths) {
				got = append(got, fmt.Sprintf("%s %d+%d-%d", f.shown(), f.Fit, f.Other, f.Excluded))
			}
			if diff := cmp.Diff(c.right, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTools_haveATitle(t *testing.T) {
	t.Parallel()
	seen := map[Tool]bool{}
	for _, tool := range Tools() {
		if tool.Title() == "" || seen[tool] {
			t.Errorf("%s: %q", tool, tool.Title())
		}
		seen[tool] = true
	}
	if len(seen) != len(titles) {
		t.Errorf("%d tools, %d titles", len(seen), len(titles))
	}
}

// Whatever the names are, a link with the settings runs what was counted, never the way back, and
// the order of the paths does not matter.
func TestFind_keepsItsWord(t *testing.T) {
	t.Parallel()
	folder := rapid.SampledFrom([]string{
		"", "migrations", "migrations/mysql", "db/migration/2024", "db/migration/2025", "V1", "1.0", "1.1",
		"größe/migrations", "test", "prod/shop", "supabase/migrations", "1_a", "2024-01-31_b",
	})
	name := rapid.StringMatching(`[VvUR]?[0-9]{0,3}[._-]?[0-9]?(__|_|-|##)?(ddl__|a|ü|down)?(\.mysql|\.h2)?` +
		`(\.up|\.down|_up|_down|\.undo)?\.(sql|SQL|rb)`)
	whole := rapid.SampledFrom([]string{"up.sql", "down.sql", "migration.sql", "atlas.sum", "Cargo.toml"})
	rapid.Check(t, func(t *rapid.T) {
		paths := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
			return join(folder.Draw(t, "folder"), rapid.OneOf(name, whole).Draw(t, "name"))
		}), 0, 30).Draw(t, "paths")
		slices.Sort(paths)
		paths = slices.Compact(paths)
		found := Find(paths)
		for _, f := range found {
			if f.Runs() {
				keepsItsWord(t, f, paths)
			}
		}
		again := Find(rapid.Permutation(paths).Draw(t, "order"))
		if fmt.Sprint(again) != fmt.Sprint(found) {
			t.Fatalf("found %v, and in another order %v", found, again)
		}
	})
}

func keepsItsWord(t *rapid.T, f Found, paths []string) {
	scope, err := plan.NewScope(f.BaseDirectory, f.Template, f.Exclude)
	if err != nil {
		t.Fatalf("a link cannot have %+v: %v", f, err)
	}
	fit := 0
	for _, path := range paths {
		if _, in, reason := scope.Match(path); !in || !reason.IsZero() {
			continue
		}
		fit++
		stem, back := strings.CutSuffix(path, "_down.sql")
		back = back && (slices.Contains(paths, stem+".sql") || slices.Contains(paths, stem+"_up.sql"))
		if back || strings.HasSuffix(path, ".down.sql") || strings.HasSuffix(path, "/down.sql") ||
			strings.HasSuffix(path, ".undo.sql") {
			t.Fatalf("%s would run with %+v", path, f)
		}
	}
	if fit != f.Fit || fit == 0 {
		t.Fatalf("%d files fit, not %d: %+v", fit, f.Fit, f)
	}
}

func BenchmarkFind_100000(b *testing.B) {
	var paths []string
	for i := range 100_000 {
		switch i % 5 {
		case 0:
			paths = append(paths, fmt.Sprintf("services/s%d/migrations/%06d_change.sql", i%50, i))
		case 1:
			paths = append(paths, fmt.Sprintf("services/s%d/db/migrate/2024%010d_change.rb", i%50, i))
		default:
			paths = append(paths, fmt.Sprintf("services/s%d/src/package%d/file%d.ts", i%50, i%700, i))
		}
	}
	for b.Loop() {
		if found := Find(paths); len(found) != 11 {
			b.Fatal(len(found))
		}
	}
}
