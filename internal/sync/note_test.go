package sync

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/plan"
)

// The ledger keeps the path that a file had when it ran; the one that goes may have another.
func TestNotesOf_namesAFileDeletedAfterARename(t *testing.T) {
	t.Parallel()
	six := towpath.MigrationID{Version: "6", Type: "ddl"}
	file := func(path, database string, id towpath.MigrationID) towpath.ManifestFile {
		return towpath.ManifestFile{
			State:     towpath.FileMatched,
			Migration: towpath.Migration{MigrationID: id, Path: path, Database: database},
		}
	}
	vanished := func(database string) plan.Item {
		return plan.Item{
			Migration: towpath.Migration{MigrationID: six, Path: "a/6__ddl__before.sql", Database: database},
			State:     plan.ItemMissing,
		}
	}
	renamed, other := file("a/6__ddl__after.sql", "größe", six), file("b/6__ddl__after.sql", "order", six)
	stays := file("a/7__ddl__x.sql", "größe", towpath.MigrationID{Version: "7", Type: "ddl"})
	before := []towpath.ManifestFile{renamed, other, stays}
	d := delta{by: map[string]string{renamed.Path: "c0ffee"}}
	p := plan.Plan{Items: []plan.Item{vanished("größe"), vanished("größe")}}
	got := notesOf(towpath.RepositoryLink{}, before, []towpath.ManifestFile{other, stays}, d, p)
	want := []note{{
		commit: "c0ffee", path: renamed.Path,
		why: towpath.Why(towpath.ReasonGoneButApplied, "database", "größe"),
	}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(note{})); diff != "" {
		t.Error(diff)
	}
	if again := notesOf(towpath.RepositoryLink{}, []towpath.ManifestFile{other, stays},
		[]towpath.ManifestFile{other, stays}, d, p); again != nil {
		t.Errorf("what was gone before is told again: %v", again)
	}
}

func TestNotesOf_leavesExcludedFilesAlone(t *testing.T) {
	t.Parallel()
	ignored := func(path string, why towpath.Reason) towpath.ManifestFile {
		return towpath.ManifestFile{
			State: towpath.FileIgnored, Reason: why, Migration: towpath.Migration{Path: path},
		}
	}
	d := delta{put: []towpath.ManifestFile{
		ignored("a/1_x.down.sql", towpath.Why(towpath.ReasonExcluded, "pattern", "*.down.sql")),
		ignored("a/x.sql", towpath.Why(towpath.ReasonFolders)),
	}}
	got := notesOf(towpath.RepositoryLink{}, nil, d.put, d, plan.Plan{})
	if len(got) != 1 || got[0].path != "a/x.sql" {
		t.Errorf("noted %v; want a/x.sql alone", got)
	}
}

func TestLooksLikeSQL_byExtension(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"a/1__ddl__x.sql": true, "a/1__ddl__x.SQL": true, "a/1__ddl__x.Sql ": true, "1.ddl": true,
		"1.DML": true, "1.psql": true, "1.sql.txt": true, "README.md": false, "notes.txt": false,
		"sql": false, "a.sql/notes.txt": false, "schema.go": false, "x.sqlite": false, "": false,
	} {
		if looksLikeSQL(path) != want {
			t.Errorf("%q: want %t", path, want)
		}
	}
}
