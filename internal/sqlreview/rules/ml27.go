package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml27 = sqlreview.Rule{
	ID:       "ML27",
	Title:    "Visibility of an index changed beside other actions",
	Why:      "Hiding an index is instant alone, and takes as long as the slowest action beside it.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ALTER INDEX by_status INVISIBLE, MODIFY note text;",
	Good: `ALTER TABLE orders ALTER INDEX by_status INVISIBLE;
ALTER TABLE orders MODIFY note text;`,
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AlterIndex) {
			if slices.ContainsFunc(p.Statement.AlterTable.Actions, func(o ast.Action) bool {
				return o.Kind != ast.AlterIndex
			}) {
				p.Report(a.Pos, "",
					"Change the visibility of the index %s of the table %s in a statement of its own.",
					a.Name, t.Name)
			}
		}
	},
}
