package sqlparse_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/ast"
	"towpath/internal/sqlparse"
)

var update = flag.Bool("update", false, "write what the readers say into testdata/trees")

// TestParse_trees holds the readers to files: blocks of a statement and its tree, or what is said
// against it.
func TestParse_trees(t *testing.T) {
	t.Parallel()
	for _, dialect := range []towpath.EngineType{towpath.EngineMySQL, towpath.EngineSQLite} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			file := "testdata/trees/" + string(dialect) + ".txt"
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			for block := range strings.SplitSeq(strings.TrimSpace(string(want)), "\n\n") {
				text, _, _ := strings.Cut(block, "\n=> ")
				results, err := sqlparse.Parse(dialect, []sqlparse.Text{{Pos: ast.Position{Line: 1, Column: 1}, Text: text}})
				if err != nil {
					t.Fatal(err)
				}
				got.WriteString(text + "\n=> " + said(t, results[0]) + "\n\n")
			}
			if *update {
				if err := os.WriteFile(file, append(bytes.TrimSpace(got.Bytes()), '\n'), 0o600); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), strings.TrimSpace(got.String())); diff != "" {
				t.Errorf("want - got:\n%s", diff)
			}
		})
	}
}

// said is a result on few lines.
func said(t *testing.T, r sqlparse.Result) string {
	t.Helper()
	var made any
	var label string
	switch {
	case r.SyntaxError != nil:
		label, made = "syntax error ", r.SyntaxError
	case r.NotAnalysed != nil:
		label, made = "not analysed ", r.NotAnalysed
	default:
		for i := range r.Statements {
			r.Statements[i].Pos = ast.Position{}
		}
		made = r.Statements[0]
	}
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(made); err != nil {
		t.Fatal(err)
	}
	tree := strings.Replace(out.String(), `"pos":{"line":0,"column":0},`, "", 1)
	return label + strings.TrimSpace(tree)
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
