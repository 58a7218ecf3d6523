package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl02 = sqlreview.Rule{
	ID:       "PL02",
	Title:    "DROP INDEX without CONCURRENTLY",
	Why:      "The table takes neither reads nor writes while the statement waits for its lock.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "DROP INDEX orders_status;",
	Good:     "DROP INDEX CONCURRENTLY orders_status;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Drop
		if s == nil || s.Kind != "index" || s.Concurrently {
			return
		}
		for _, name := range s.Names {
			t := p.Catalog.IndexTable(name, nil)
			if (t != nil && (t.Made == p.File || t.Partitioned || t.Temporary)) ||
				(t == nil && p.Catalog.Complete) {
				continue
			}
			p.Report(ast.Position{}, with(p.Statement.Text, "INDEX", "CONCURRENTLY"),
				"Dropping the index %s locks its table against reads and writes.", name)
		}
	},
}
