package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml15 = sqlreview.Rule{
	ID:    "ML15",
	Title: "New AUTO_INCREMENT column",
	Why: "The server builds the whole table again to number its rows, and takes no writes " +
		"meanwhile.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN id bigint AUTO_INCREMENT PRIMARY KEY;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddColumn, ast.ModifyColumn) {
			c := t.Column(p.Catalog, a.Name)
			if a.Column == nil || !a.Column.AutoIncrement || (c != nil && c.AutoIncrement) {
				continue
			}
			if a.Kind == ast.ModifyColumn {
				p.Report(a.Pos, "",
					"The whole table %s is copied to number its rows in the column %s, and nobody writes it "+
						"meanwhile.", t.Name, a.Column.Name)
			} else {
				p.Report(a.Pos, "",
					"The whole table %s is built again to number its rows, and nobody writes it meanwhile.",
					t.Name)
			}
		}
	},
}
