package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl21 = sqlreview.Rule{
	ID:       "PL21",
	Title:    "SET LOGGED or SET UNLOGGED",
	Why:      "The server writes the whole table again, and nobody reads or writes it meanwhile.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders SET LOGGED;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.SetLogged, ast.SetUnlogged) {
			p.Report(a.Pos, "",
				"The whole table %s is written again, and nobody reads or writes it meanwhile.", t.Name)
		}
	},
}
