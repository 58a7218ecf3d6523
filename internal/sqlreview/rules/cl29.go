package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var cl29 = sqlreview.Rule{
	ID:       "CL29",
	Title:    "New value of an enum without its place",
	Why:      "The value comes last, and ORDER BY sorts by the place.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TYPE status ADD VALUE 'sent';",
	Good:     "ALTER TYPE status ADD VALUE 'sent' AFTER 'paid';",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.AlterEnum; s != nil && s.NewValue == "" && !s.Placed {
			p.Report(ast.Position{}, strings.TrimSuffix(p.Statement.Text, ";")+" AFTER '…';",
				"Say where the value %s stands among those of the type %s: BEFORE or AFTER one of them.",
				s.Value, s.Name)
		}
	},
}
