package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st03 = sqlreview.Rule{
	ID:       "ST03",
	Title:    "SELECT *",
	Why:      "A new column changes what comes out, and a view keeps the columns that there were.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      "CREATE VIEW v AS SELECT * FROM orders;",
	Good:     "CREATE VIEW v AS SELECT id, status FROM orders;",
	Check: func(p *sqlreview.Pass) {
		if q := query(p); q != nil && q.Star && len(q.Tables) > 0 {
			p.Report(ast.Position{}, "", "Name the columns: * changes with the table %s.", q.Tables[0])
		}
	},
}
