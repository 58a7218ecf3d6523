package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st09 = sqlreview.Rule{
	ID:       "ST09",
	Title:    "ORDER BY in a statement that changes rows",
	Why:      "The server sorts all rows first, and holds their locks meanwhile.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "UPDATE orders SET a = 1 ORDER BY id;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement
		if (s.Update != nil && s.Update.OrderBy) || (s.Delete != nil && s.Delete.OrderBy) {
			p.Report(ast.Position{}, "",
				"ORDER BY sorts the rows before it changes them, and changes nothing about the result.")
		}
	},
}
