package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var co06 = sqlreview.Rule{
	ID:    "CO06",
	Title: "File older than the newest version",
	Why: "Databases that have the newer version get this file behind it, and new databases " +
		"before it: two schemas from one history.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "-- V3__late.sql, while V4 is applied",
	End: func(p *sqlreview.Pass) {
		if p.File.Late != "" {
			p.Report(ast.Position{}, "",
				"This file comes before %s, which is there already. Give it a newer version.", p.File.Late)
		}
	},
}
