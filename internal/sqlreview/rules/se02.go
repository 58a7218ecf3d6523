package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var se02 = sqlreview.Rule{
	ID:    "SE02",
	Title: "GRANT or REVOKE",
	Why: "Rights are no part of the schema for most teams, and one that may be passed on is " +
		"out of sight.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      "GRANT ALL ON orders TO PUBLIC;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Grant
		if s == nil {
			return
		}
		word := "This gives rights to %s."
		if s.Revoke {
			word = "This takes rights from %s."
		}
		if s.WithOption {
			word = "This gives rights to %s, who may pass them on."
		}
		p.Report(ast.Position{}, "", word, strings.Join(s.To, ", "))
	},
}
