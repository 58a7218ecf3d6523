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

var update = flag.Bool("update", false, "write the trees of testdata as they are now")

// TestPostgres_readsStatements compares trees with those in testdata: statements with their trees as
// JSON, an empty line between two.
func TestPostgres_readsStatements(t *testing.T) {
	t.Parallel()
	golden(t, "testdata/postgres.golden", towpath.EnginePostgres)
}

func golden(t *testing.T, file string, dialect towpath.EngineType) {
	t.Helper()
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var after bytes.Buffer
	for n, block := range strings.Split(strings.TrimSpace(string(before)), "\n\n") {
		sql, _, _ := strings.Cut(block, "\n=> ")
		results, err := sqlparse.Parse(dialect, []sqlparse.Text{{Pos: ast.Position{Line: 1, Column: 1}, Text: sql}})
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			after.WriteString("\n")
		}
		after.WriteString(sql + "\n")
		for _, s := range results[0].Statements {
			after.WriteString("=> " + compact(t, s) + "\n")
		}
		if len(results[0].Statements) == 0 {
			after.WriteString("=> " + compact(t, results[0]) + "\n")
		}
	}
	if *update {
		if err := os.WriteFile(file, after.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(before), after.String()); diff != "" {
		t.Errorf("want - got; -update writes it:\n%s", diff)
	}
}

// compact writes a tree in a line, without the place that every statement has.
func compact(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), `"pos":{"line":1,"column":1},`, "")
}
