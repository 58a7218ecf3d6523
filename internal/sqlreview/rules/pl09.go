package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl09 = sqlreview.Rule{
	ID:    "PL09",
	Title: "Primary key that is replaced",
	Why: "The table is without its key between the two actions, and takes neither reads nor " +
		"writes until the new index is built.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders DROP CONSTRAINT orders_pkey, ADD PRIMARY KEY (id, region);",
	Check: func(p *sqlreview.Pass) {
		drops := false
		for _, a := range actions(p, ast.DropConstraint, ast.AddConstraint) {
			switch {
			case a.Kind == ast.DropConstraint:
				drops = drops || kindOf(p, p.Existing(p.Statement.AlterTable.Table), a) == ast.PrimaryKey
			case drops && a.Constraint.Kind == ast.PrimaryKey:
				p.Report(a.Pos, "",
					"The primary key of the table %s is replaced, with everything that refers to it.",
					p.Statement.AlterTable.Table)
			}
		}
	},
}
