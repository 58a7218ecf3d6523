package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var sy05 = sqlreview.Rule{
	ID:       "SY05",
	Title:    "View",
	Why:      "A team that reads tables alone wants no views.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Bad:      "CREATE VIEW v AS SELECT 1;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.CreateView; s != nil {
			p.Report(ast.Position{}, "", "Views are not wanted here: %s is one.", s.Name)
		}
	},
}
