package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds16 = sqlreview.Rule{
	ID:       "DS16",
	Title:    "DROP NOT NULL",
	Why:      "Programs that count on a value meet NULL.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ALTER COLUMN status DROP NOT NULL;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropNotNull) {
			if c := t.Column(p.Catalog, a.Name); c == nil || c.NotNull {
				p.Report(a.Pos, "", "The column %s of the table %s may be NULL from now on.", a.Name, t.Name)
			}
		}
	},
}
