package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml04 = sqlreview.Rule{
	ID:    "ML04",
	Title: "New foreign key",
	Why: "The server copies the table and takes no writes meanwhile, unless foreign_key_checks" +
		" is off, and then it does not look at the rows that are there.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders (id);",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddConstraint) {
			if a.Constraint.Kind == ast.ForeignKey {
				p.Report(a.Pos, "",
					"The table %s takes no writes while the server copies it to check the foreign key.",
					t.Name)
			}
		}
	},
}
