package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds01 = sqlreview.Rule{
	ID:       "DS01",
	Title:    "DROP DATABASE",
	Why:      "A database goes with all that is in it, and no transaction brings it back.",
	Dialects: servers,
	Level:    sqlreview.Error,
	Bad:      "DROP DATABASE shop;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.Drop; s != nil && s.Kind == "database" {
			p.Report(ast.Position{}, "", "This removes the database %s with everything in it.", s.Names[0])
		}
	},
}
