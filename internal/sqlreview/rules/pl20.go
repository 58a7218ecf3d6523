package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl20 = sqlreview.Rule{
	ID:    "PL20",
	Title: "New identity or auto-increment column",
	Why: "The server writes the whole table again to number its rows, and nobody writes it " +
		"meanwhile.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddColumn) {
			if c := a.Column; c != nil && (c.Identity != "" || c.AutoIncrement || c.Type.Serial) {
				p.Report(a.Pos, "",
					"The whole table %s is written again to number its rows in the column %s.",
					t.Name, c.Name)
			}
		}
	},
}
