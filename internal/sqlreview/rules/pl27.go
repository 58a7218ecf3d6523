package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl27 = sqlreview.Rule{
	ID:    "PL27",
	Title: "Domain with a constraint",
	Why: "A constraint of a domain cannot be added as NOT VALID to what uses it, so a later " +
		"change reads and locks every table with such a column.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');",
	Good:     "CREATE TABLE users (email text CHECK (email LIKE '%@%'));",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.CreateDomain; s != nil && (len(s.Constraints) > 0 || s.NotNull) {
			p.Report(ast.Position{}, "",
				"Put the constraint on the columns that use %s: "+
					"changing it there locks one table at a time.", s.Name)
		}
	},
}
