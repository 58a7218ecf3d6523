package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var sy02 = sqlreview.Rule{
	ID:       "SY02",
	Title:    "Function",
	Why:      "A team that keeps its rules in programs wants no functions.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Bad:      "CREATE FUNCTION f() RETURNS int RETURN 1;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.CreateRoutine; s != nil && !s.Procedure {
			p.Report(ast.Position{}, "", "Functions are not wanted here: %s is one.", s.Name)
		}
	},
}
