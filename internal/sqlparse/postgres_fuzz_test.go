package sqlparse_test

import (
	"strings"
	"testing"

	"towpath"
	"towpath/internal/ast"
	"towpath/internal/dialect/postgres"
	"towpath/internal/sqlparse"
)

// FuzzPostgres holds what is so for every tree, whatever the text. The C parser's own stack ends
// before a text of these lengths can.
func FuzzPostgres(f *testing.F) {
	for _, text := range sqlFiles(f, "../engine/postgres/testdata", "../../cmd/towpath/testdata") {
		for _, s := range cut(f, postgres.Split(strings.NewReader(text))) {
			f.Add(s.Text)
		}
	}
	f.Fuzz(func(t *testing.T, sql string) {
		if len(sql) > 4096 {
			return
		}
		text := sqlparse.Text{Pos: ast.Position{Line: 3, Column: 7}, Text: sql}
		results, err := sqlparse.Parse(towpath.EnginePostgres, []sqlparse.Text{text})
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range results[0].Statements {
			checkPlaces(t, "fuzz", text, s)
		}
	})
}
