package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds14 = sqlreview.Rule{
	ID:       "DS14",
	Title:    "Drop of a primary key",
	Why:      "Rows can be doubled from then on, and replication may need the key.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders DROP CONSTRAINT orders_pkey;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropConstraint, ast.DropPrimaryKey) {
			if a.Kind == ast.DropPrimaryKey || kindOf(p, t, a) == ast.PrimaryKey {
				p.Report(a.Pos, "",
					"Without its primary key, the table %s may hold the same row twice.", t.Name)
			}
		}
	},
}
