package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl11 = sqlreview.Rule{
	ID:    "PL11",
	Title: "ADD EXCLUDE",
	Why: "The table takes neither reads nor writes until the index is built, and there is no " +
		"way to build it before.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE bookings ADD EXCLUDE USING gist (room WITH =, during WITH &&);",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddConstraint) {
			if a.Constraint.Kind == ast.Exclude {
				p.Report(a.Pos, "",
					"The table %s takes neither reads nor writes until the index of "+
						"the constraint is built.", t.Name)
			}
		}
	},
}
