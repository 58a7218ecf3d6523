package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st17 = sqlreview.Rule{
	ID:       "ST17",
	Title:    "Join of too many tables",
	Why:      "The server tries all orders of the tables, and may take the wrong one.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "6", What: "how many tables a query may join"},
	},
	Bad: "SELECT … -- nine tables",
	Check: func(p *sqlreview.Pass) {
		if q := query(p); q != nil && len(q.Tables) > p.Limit("limit") {
			p.Report(ast.Position{}, "", "This query joins %d tables, more than %d.",
				len(q.Tables), p.Limit("limit"))
		}
	},
}
