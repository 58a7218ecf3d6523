package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st08 = sqlreview.Rule{
	ID:       "ST08",
	Title:    "LIMIT in a statement that changes rows",
	Why:      "Which rows it takes is not said, so a replica may take others.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "DELETE FROM orders WHERE old LIMIT 100;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement
		if (s.Update != nil && s.Update.Limit) || (s.Delete != nil && s.Delete.Limit) ||
			(s.Insert != nil && s.Insert.Query != nil && s.Insert.Query.Limit) {
			p.Report(ast.Position{}, "", "With LIMIT nobody can say which rows are changed.")
		}
	},
}
