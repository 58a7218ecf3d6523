package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st07 = sqlreview.Rule{
	ID:       "ST07",
	Title:    "Too many values in a condition",
	Why:      "The server plans a long list badly, and reads the whole table in the end.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "100", What: "how many values or ORs a condition may have"},
	},
	Bad: "-- DELETE … WHERE id IN (2000 values)",
	Check: func(p *sqlreview.Pass) {
		for word, w := range wheres(p) {
			if limit := p.Limit("limit"); w != nil && limit > 0 && w.Operators > limit {
				p.Report(ast.Position{}, "", "The condition of this %s has %d values or ORs, more than %d.",
					word, w.Operators, limit)
			}
		}
	},
}
