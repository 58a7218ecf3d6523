package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds07 = sqlreview.Rule{
	ID:       "DS07",
	Title:    "TRUNCATE",
	Why:      "All rows of the table are gone, and the table is locked for everybody meanwhile.",
	Dialects: servers,
	Level:    sqlreview.Error,
	Bad:      "TRUNCATE orders;",
	Good:     "DELETE FROM orders WHERE created_at < DATE '2020-01-01';",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Truncate
		if s == nil {
			return
		}
		for _, name := range s.Tables {
			if p.Existing(name) != nil {
				p.Report(ast.Position{}, "", "This removes all rows of the table %s.", name)
			}
		}
	},
}
