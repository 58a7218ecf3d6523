package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl22 = sqlreview.Rule{
	ID:       "PL22",
	Title:    "Another access method",
	Why:      "The server writes the whole table again, and nobody reads or writes it meanwhile.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders SET ACCESS METHOD columnar;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.SetAccessMethod) {
			p.Report(a.Pos, "", "The whole table %s is written again for the access method %s.",
				t.Name, a.NewName)
		}
	},
}
