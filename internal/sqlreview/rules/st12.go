package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st12 = sqlreview.Rule{
	ID:       "ST12",
	Title:    "INSERT … ORDER BY rand()",
	Why:      "The whole table is sorted by chance, and a replica inserts other rows.",
	Dialects: servers,
	Level:    sqlreview.Error,
	Bad:      "INSERT INTO sample SELECT * FROM orders ORDER BY random() LIMIT 10;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.Insert; s != nil && s.Query != nil && s.Query.OrderByRand {
			p.Report(ast.Position{}, "",
				"Sorting by chance reads the whole table, and a replica inserts other rows into %s.", s.Table)
		}
	},
}
