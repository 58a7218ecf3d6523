package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl19 = sqlreview.Rule{
	ID:       "PL19",
	Title:    "New stored generated column",
	Why:      "The server writes the whole table again, and nobody reads or writes it meanwhile.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN gross numeric GENERATED ALWAYS AS (net * 1.19) STORED;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddColumn) {
			if a.Column != nil && a.Column.Generated == ast.Stored {
				p.Report(a.Pos, "", "The whole table %s is written again to compute the column %s.",
					t.Name, a.Column.Name)
			}
		}
	},
}
