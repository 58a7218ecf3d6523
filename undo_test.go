package towpath_test

import (
	"testing"

	"pgregory.net/rapid"

	"towpath"
)

// An identity of an undo says what it undoes, whatever the version.
func TestMigrationID_Undoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		id := towpath.MigrationID{
			Version: rapid.StringMatching(`[0-9][0-9a-z]{0,4}(\.[0-9a-z]{1,4}){0,3}`).Draw(t, "version"),
			Type:    rapid.SampledFrom([]towpath.ChangeType{towpath.TypeDDL, towpath.TypeDML}).Draw(t, "type"),
		}
		n := rapid.IntRange(1, 1000).Draw(t, "n")
		of, times, ok := id.Undo(n).Undoes()
		if of != id || times != n || !ok {
			t.Errorf("%v for the %dth time is %v, %d, %t", id, n, of, times, ok)
		}
		if _, _, ok := id.Undoes(); ok {
			t.Errorf("%v undoes something", id)
		}
	})
	for _, version := range []string{"", "u", "u.1.ddl", "u.0.ddl.1", "u.x.ddl.1", "r.1.ddl.1"} {
		if of, n, ok := (towpath.MigrationID{Version: version, Type: towpath.TypeUndo}).Undoes(); ok {
			t.Errorf("%q undoes %v, %d", version, of, n)
		}
	}
}
