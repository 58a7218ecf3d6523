package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds02 = sqlreview.Rule{
	ID:       "DS02",
	Title:    "DROP SCHEMA",
	Why:      "A schema goes with its tables, and programs that use them fail from then on.",
	Dialects: postgres,
	Level:    sqlreview.Error,
	Bad:      "DROP SCHEMA sales CASCADE;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.Drop; s != nil && s.Kind == "schema" {
			for _, name := range s.Names {
				p.Report(ast.Position{}, "", "This removes the schema %s with everything in it.", name)
			}
		}
	},
}
