package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st02 = sqlreview.Rule{
	ID:       "ST02",
	Title:    "SELECT without WHERE",
	Why:      "The whole table is read.",
	Dialects: everywhere,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Warning,
	Bad:      "SELECT id FROM orders;",
	Good:     "SELECT id FROM orders WHERE status = 'new';",
	Check: func(p *sqlreview.Pass) {
		q := query(p)
		if q != nil && len(q.Tables) > 0 && (q.Where == nil || q.Where.Always) && !q.Limit {
			p.Report(ast.Position{}, "", "This query has no condition, and reads all of the table %s.",
				q.Tables[0])
		}
	},
}
