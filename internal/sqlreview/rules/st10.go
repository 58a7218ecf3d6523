package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st10 = sqlreview.Rule{
	ID:       "ST10",
	Title:    "Too many rows in one INSERT",
	Why:      "The statement is one transaction, and a replica applies it in one piece.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "1000", What: "how many rows an INSERT may have"},
	},
	Bad: "-- INSERT of 5,000 rows",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Insert
		if limit := p.Limit("limit"); s != nil && limit > 0 && s.Rows > limit {
			p.Report(ast.Position{}, "", "This INSERT has %d rows, more than %d. Cut it into several.",
				s.Rows, limit)
		}
	},
}
