package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml14 = sqlreview.Rule{
	ID:       "ML14",
	Title:    "Generated column changed",
	Why:      "The server copies the whole table to compute a stored column again.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders MODIFY gross decimal(10, 2) AS (net * 1.2) STORED;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			c := t.Column(p.Catalog, a.Name)
			stored := c != nil && c.Generated == string(ast.Stored)
			// its index is computed again
			index := p.Server.MariaDB && c != nil && c.Generated == string(ast.Virtual) &&
				indexed(p, t, a.Name)
			if a.Column != nil && (a.Column.Generated == ast.Stored || stored || index) {
				p.Report(a.Pos, "", "The whole table %s is copied to change the generated column %s.",
					t.Name, a.Name)
			}
		}
	},
}
