package sync

import "testing"

func TestLooksLikeSQL_takesWhatPeopleMeanToRun(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"a/1__ddl__x.sql": true, "a/1__ddl__x.SQL": true, "a/1__ddl__x.Sql ": true, "1.ddl": true, "1.DML": true, "1.psql": true, "1.sql.txt": true,
		"README.md": false, "notes.txt": false, "sql": false, "a.sql/notes.txt": false, "schema.go": false, "x.sqlite": false, "": false,
	} {
		if looksLikeSQL(path) != want {
			t.Errorf("%q: want %t", path, want)
		}
	}
}
