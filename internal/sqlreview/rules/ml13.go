package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml13 = sqlreview.Rule{
	ID:       "ML13",
	Title:    "New STORED generated column",
	Why:      "The server copies the whole table, and nobody writes it meanwhile.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN gross decimal(10, 2) AS (net * 1.19) STORED;",
	Good:     "ALTER TABLE orders ADD COLUMN gross decimal(10, 2) AS (net * 1.19) VIRTUAL;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddColumn) {
			if a.Column != nil && a.Column.Generated == ast.Stored {
				p.Report(a.Pos, "",
					"The whole table %s is copied to compute the column %s. "+
						"A virtual column is there at once.", t.Name, a.Column.Name)
			}
		}
	},
}
