package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds15 = sqlreview.Rule{
	ID:       "DS15",
	Title:    "Drop of system versioning",
	Why:      "The history of the rows is gone.",
	Dialects: mysql,
	Level:    sqlreview.Error,
	Bad:      "ALTER TABLE prices DROP SYSTEM VERSIONING;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropVersioning) {
			p.Report(a.Pos, "",
				"This removes the history of all rows of the table %s, which is copied without it.", t.Name)
		}
	},
}
