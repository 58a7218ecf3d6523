package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var sy01 = sqlreview.Rule{
	ID:       "SY01",
	Title:    "Procedure",
	Why:      "A team that keeps its rules in programs wants no procedures.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Bad:      "CREATE PROCEDURE p() SELECT 1;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.CreateRoutine; s != nil && s.Procedure {
			p.Report(ast.Position{}, "", "Procedures are not wanted here: %s is one.", s.Name)
		}
	},
}
