package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml21 = sqlreview.Rule{
	ID:    "ML21",
	Title: "ALTER without ALGORITHM, or with COPY",
	Why: "Without the word the server may copy the table in silence; with it the statement " +
		"fails at once instead.",
	Dialects: mysql,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN note text;",
	Good:     "ALTER TABLE orders ADD COLUMN note text, ALGORITHM=INPLACE;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.AlterTable
		if s == nil || p.Existing(s.Table) == nil || !rebuilds(s) {
			return
		}
		value, ok := option(s.Options, "algorithm")
		switch {
		case !ok || strings.EqualFold(value, "default"):
			p.Report(ast.Position{}, strings.TrimSuffix(p.Statement.Text, ";")+", ALGORITHM=INPLACE;",
				"Say ALGORITHM, so that the server refuses to copy the table %s in silence.", s.Table)
		case slices.Contains([]string{"copy"}, strings.ToLower(value)):
			p.Report(ast.Position{}, "",
				"ALGORITHM=COPY copies the whole table %s, and nobody writes it meanwhile.", s.Table)
		}
	},
}

// rebuilds reports whether a statement has an action whose algorithm matters.
func rebuilds(s *ast.AlterTable) bool {
	return slices.ContainsFunc(s.Actions, func(a ast.Action) bool {
		switch a.Kind {
		case ast.RenameTable, ast.EnableTrigger, ast.DisableTrigger:
			return false
		}
		return true
	})
}
