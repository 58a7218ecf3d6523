package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var nm01 = sqlreview.Rule{
	ID:       "NM01",
	Title:    "Name of a schema",
	Why:      "Names of one form need no quotes, and are found without a look.",
	Dialects: postgres,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "format", Default: "^[a-z][a-z0-9_]*$", What: "what a name must match"},
	},
	Bad:  `CREATE SCHEMA "Sales";`,
	Good: "CREATE SCHEMA sales;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateSchema
		if s != nil && !s.Database && !matches(p, s.Name) {
			p.Report(ast.Position{}, "", "The name %s of the schema does not match %s.",
				s.Name, p.Setting("format"))
		}
		if s := p.Statement.Rename; s != nil && s.Kind == "schema" && !matches(p, s.Pairs[0].To.Name) {
			p.Report(ast.Position{}, "", "The name %s of the schema does not match %s.",
				s.Pairs[0].To.Name, p.Setting("format"))
		}
	},
}
