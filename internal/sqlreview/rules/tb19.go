package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb19 = sqlreview.Rule{
	ID:       "TB19",
	Title:    "Too many columns",
	Why:      "A wide row takes several pages, and each query reads all of it.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "100", What: "how many columns a table may have"},
	},
	Bad: "-- a table of 120 columns",
	Check: func(p *sqlreview.Pass) {
		limit := p.Limit("limit")
		s := p.Statement.CreateTable
		if s != nil && limit > 0 && len(s.Columns) > limit {
			p.Report(ast.Position{}, "", "The table %s has %d columns, more than %d.",
				s.Name, len(s.Columns), limit)
		}
		if s := p.Statement.AlterTable; s != nil {
			t := p.Table(s.Table)
			added := 0
			for _, a := range s.Actions {
				if a.Kind == ast.AddColumn {
					added++
				}
			}
			if t != nil && limit > 0 && added > 0 && len(t.Columns)+added > limit {
				p.Report(ast.Position{}, "", "The table %s has %d columns then, more than %d.",
					s.Table, len(t.Columns)+added, limit)
			}
		}
	},
}
