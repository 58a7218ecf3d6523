package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tx04 = sqlreview.Rule{
	ID:    "TX04",
	Title: "Too many statements in one transaction",
	Why: "A long transaction holds its locks and its undo log until the end, and replicas " +
		"apply it in one piece.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "1000", What: "how many statements a file may have"},
	},
	Bad: "-- 500 INSERT statements in one file",
	End: func(p *sqlreview.Pass) {
		if n, limit := len(p.File.Statements), p.Limit("limit"); n > limit && limit > 0 {
			p.Report(ast.Position{}, "",
				"This file has %d statements, more than %d. Cut it into several files.", n, limit)
		}
	},
}
