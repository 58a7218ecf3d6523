package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml26 = sqlreview.Rule{
	ID:    "ML26",
	Title: "Order of columns changed",
	Why: "The server copies the table to move a column, and programs that count on the order " +
		"break.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders MODIFY note text FIRST;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			if p.Server.MariaDB && !p.Server.Version.Before(10, 4, 0) {
				continue // the order is an entry of the catalog there
			}
			if a.Column != nil && (a.Column.First || a.Column.After != "") {
				p.Report(a.Pos, "", "The whole table %s is copied to move the column %s.",
					t.Name, a.Column.Name)
			}
		}
	},
}
