package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds13 = sqlreview.Rule{
	ID:       "DS13",
	Title:    "Drop of a check constraint",
	Why:      "Values that the constraint has kept out can come in from then on.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders DROP CONSTRAINT total_positive;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropConstraint) {
			if kindOf(p, t, a) == ast.Check {
				p.Report(a.Pos, "", "Without the check %s, the table %s takes values that it has refused.",
					a.Name, t.Name)
			}
		}
	},
}
