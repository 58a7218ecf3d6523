package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl01 = sqlreview.Rule{
	ID:       "PL01",
	Title:    "CREATE INDEX without CONCURRENTLY",
	Why:      "The table takes no writes until the index is built, which can be minutes.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "CREATE INDEX orders_status ON orders (status);",
	Good:     "CREATE INDEX CONCURRENTLY orders_status ON orders (status);",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateIndex
		if s == nil || s.Concurrently {
			return
		}
		t := p.Existing(s.Table)
		if t == nil || t.Partitioned || s.Only {
			return
		}
		p.Report(ast.Position{}, with(p.Statement.Text, "INDEX", "CONCURRENTLY"),
			"The table %s takes no writes until the index is built.", s.Table)
	},
}
