package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ix03 = sqlreview.Rule{
	ID:       "IX03",
	Title:    "Too many indexes on a table",
	Why:      "Each index makes each write slower.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "10", What: "how many indexes a table may have"},
	},
	Bad: "-- the eleventh index of orders",
	After: func(p *sqlreview.Pass) {
		limit := p.Limit("limit")
		for table := range indexes(p) {
			if t := p.Table(table); t != nil && limit > 0 && len(t.Indexes) > limit {
				p.Report(ast.Position{}, "", "The table %s has %d indexes, more than %d.",
					table, len(t.Indexes), limit)
				return
			}
		}
	},
}
