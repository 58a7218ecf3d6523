package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds08 = sqlreview.Rule{
	ID:       "DS08",
	Title:    "TRUNCATE … CASCADE",
	Why:      "Every table with a foreign key to this one loses all of its rows too.",
	Dialects: postgres,
	Level:    sqlreview.Error,
	Bad:      "TRUNCATE customers CASCADE;",
	Good:     "TRUNCATE customers, orders;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.Truncate; s != nil && s.Cascade {
			p.Report(ast.Position{}, "",
				"CASCADE empties each table that refers to %s as well. Name the tables instead.", s.Tables[0])
		}
	},
}
