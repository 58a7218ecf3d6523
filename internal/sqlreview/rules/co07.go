package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var co07 = sqlreview.Rule{
	ID:    "CO07",
	Title: "Edited file that a database has",
	Why: "A database runs a version once. It keeps the old text, and new databases get the " +
		"other one.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "-- an edit of V3__orders.sql, which is applied",
	End: func(p *sqlreview.Pass) {
		if p.File.Edited {
			p.Report(ast.Position{}, "",
				"A database has this file with another text. Take the edit back, and write a new file.")
		}
	},
}
