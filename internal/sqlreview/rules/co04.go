package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var co04 = sqlreview.Rule{
	ID:       "CO04",
	Title:    "Rename of a value of an enum",
	Why:      "Programs that write or compare the old value fail.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TYPE status RENAME VALUE 'open' TO 'pending';",
	Good:     "ALTER TYPE status ADD VALUE 'pending' AFTER 'open';",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.AlterEnum; s != nil && s.NewValue != "" {
			p.Report(ast.Position{}, "",
				"Programs that use the value %s of the type %s fail until they use %s.",
				s.Value, s.Name, s.NewValue)
		}
	},
}
