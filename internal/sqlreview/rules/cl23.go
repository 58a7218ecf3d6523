package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var cl23 = sqlreview.Rule{
	ID:    "CL23",
	Title: "Several columns with the current time as their default",
	Why: "Old servers refuse the second one, and two columns of one time are a mistake more " +
		"often than not.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "2", What: "how many columns may have it"},
	},
	Bad: "CREATE TABLE a (b timestamp DEFAULT now(), c timestamp DEFAULT now(), d timestamp " +
		"DEFAULT now());",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateTable
		if s == nil {
			return
		}
		n := 0
		for _, c := range s.Columns {
			if (c.Default != nil && current(c.Default)) || c.OnUpdate != nil {
				n++
			}
		}
		if limit := p.Limit("limit"); n > limit {
			p.Report(ast.Position{}, "",
				"%d columns of the table %s have the current time as their default, more than %d.",
				n, s.Name, limit)
		}
	},
}
