package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl28 = sqlreview.Rule{
	ID:       "PL28",
	Title:    "Constraint added to a domain",
	Why:      "The server reads every table with a column of the domain, and locks them meanwhile.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER DOMAIN email ADD CHECK (VALUE LIKE '%@%');",
	Good: `ALTER DOMAIN email ADD CONSTRAINT has_at CHECK (VALUE LIKE '%@%') NOT VALID;
-- in a later file:
ALTER DOMAIN email VALIDATE CONSTRAINT has_at;`,
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.AlterDomain
		if s != nil && (s.SetNotNull || (s.Add != nil && !s.Add.NotValid)) {
			p.Report(ast.Position{}, "",
				"Every table with a column of the domain %s is read and locked.", s.Name)
		}
	},
}
