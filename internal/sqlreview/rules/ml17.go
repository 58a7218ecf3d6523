package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml17 = sqlreview.Rule{
	ID:    "ML17",
	Title: "CHECK added or enforced",
	Why: "The server copies the table and reads all of its rows; one that does not fit makes " +
		"the statement fail.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD CHECK (total > 0);",
	Good:     "ALTER TABLE orders ADD CHECK (total > 0) NOT ENFORCED;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddConstraint, ast.AlterConstraint) {
			enforced := a.Kind == ast.AddConstraint && a.Constraint.Kind == ast.Check &&
				!a.Constraint.NotEnforced
			if value, ok := option(a.Options, "enforced"); ok && value == "true" &&
				a.Kind == ast.AlterConstraint {
				enforced = true
			}
			if enforced {
				p.Report(a.Pos, "",
					"The whole table %s is copied while the server checks all of its rows, and nobody writes it "+
						"meanwhile.", t.Name)
			}
		}
	},
}
