package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var sy04 = sqlreview.Rule{
	ID:       "SY04",
	Title:    "Event",
	Why:      "An event runs by itself, and nobody looks when it fails.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Bad:      "CREATE EVENT e ON SCHEDULE EVERY 1 DAY DO DELETE FROM log;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.CreateEvent; s != nil {
			p.Report(ast.Position{}, "", "Events are not wanted here: %s is one.", s.Name)
		}
	},
}
