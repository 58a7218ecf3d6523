package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb02 = sqlreview.Rule{
	ID:       "TB02",
	Title:    "Foreign key",
	Why:      "A team that keeps its references in programs wants no foreign keys.",
	Dialects: servers,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Bad:      "CREATE TABLE items (order_id bigint REFERENCES orders);",
	Check: func(p *sqlreview.Pass) {
		for k := range constraints(p) {
			if k.Kind == ast.ForeignKey {
				p.Report(k.Pos, "", "Foreign keys are not wanted here: %s refers to %s.",
					k.table, k.References.Table)
			}
		}
	},
}
