package sqlparse_test

import (
	"testing"

	"towpath"
)

func TestMySQL_readsStatements(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/mysql.golden", towpath.EngineMySQL)
}

func TestSQLite_readsStatements(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/sqlite.golden", towpath.EngineSQLite)
}

// A child process can open no files, and SQLite works there all the same.
func TestPool_readsWithOwnReaders(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	for _, dialect := range []towpath.EngineType{towpath.EngineMySQL, towpath.EngineSQLite} {
		results, err := pool.Parse(t.Context(), dialect, texts("DELETE FROM t WHERE a = 1", "DELETE FROM FROM"))
		if err != nil {
			t.Fatal(err)
		}
		if s := results[0].Statements; len(s) != 1 || s[0].Delete == nil || s[0].Delete.Tables[0].Name != "t" {
			t.Errorf("%s: the first statement is %+v, want a DELETE of t", dialect, results[0])
		}
		if wrong := results[1].SyntaxError; wrong == nil || wrong.Pos.Line != 20 {
			t.Errorf("%s: the second statement is %+v, want a syntax error in line 20", dialect, results[1])
		}
	}
}
