package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var co03 = sqlreview.Rule{
	ID:       "CO03",
	Title:    "Rename of a schema",
	Why:      "Each statement that names the schema fails from then on.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER SCHEMA sales RENAME TO shop;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.Rename; s != nil && s.Kind == "schema" {
			p.Report(ast.Position{}, "", "Programs that name the schema %s fail until they use %s.",
				s.Pairs[0].From, s.Pairs[0].To)
		}
	},
}
