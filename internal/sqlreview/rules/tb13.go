package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb13 = sqlreview.Rule{
	ID:       "TB13",
	Title:    "Trigger",
	Why:      "A team that keeps its rules in programs wants no triggers.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Bad:      "CREATE TRIGGER t BEFORE INSERT ON orders FOR EACH ROW SET NEW.a = 1;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.CreateTrigger; s != nil {
			p.Report(ast.Position{}, "", "Triggers are not wanted here: %s is one.", s.Name)
		}
	},
}
