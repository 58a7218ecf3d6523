package crashtest

import (
	"fmt"
	"testing"

	"towpath"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

// The SQL review looks into each statement of the matrix, behind the tables that it changes.
func TestReview_analyzesTheMatrix(t *testing.T) {
	t.Parallel()
	for e, setup := range setups() {
		before := ""
		for _, s := range setup {
			before += s + ";\n"
		}
		scripts := []sqlparse.Script{{Path: "setup", Content: before}}
		for _, k := range kinds(e) {
			scripts = append(scripts, sqlparse.Script{Path: k.name, Content: k.script})
		}
		for n, s := range batchScripts(e) {
			scripts = append(scripts, sqlparse.Script{Path: fmt.Sprint("batch ", n+1), Content: s})
		}
		if e == towpath.EngineMySQL { // whose procedures hold semicolons
			scripts[0].Content = "DELIMITER //\n"
			for _, s := range setup {
				scripts[0].Content += s + "//\n"
			}
		}
		files, err := sqlparse.Read(t.Context(), sqlparse.InProcess{}, e, scripts)
		if err != nil {
			t.Fatal(err)
		}
		server := sqlreview.Server{Dialect: e}
		catalog := sqlreview.CatalogOf(server, files[:1])
		statements := 0
		for _, file := range files[1:] {
			result := sqlreview.Review(sqlreview.Input{
				Server: server, Catalog: catalog, Files: []*sqlreview.File{file}, Rules: rules.All,
			})
			statements += result.Statements
			for _, gap := range result.NotAnalyzed {
				t.Errorf("%s, %s:%d is not analyzed: %s", e, gap.Path, gap.Line, gap.Why)
			}
			for _, found := range result.Findings {
				if found.Rule == "RU01" {
					t.Errorf("%s, %s:%d: %s", e, found.Path, found.Line, found.Message)
				}
			}
		}
		t.Logf("review: %d statements of the crash matrix on %s", statements, e)
		if statements < 20 {
			t.Errorf("only %d statements", statements)
		}
	}
}
