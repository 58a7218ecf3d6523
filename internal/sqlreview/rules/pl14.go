package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl14 = sqlreview.Rule{
	ID:    "PL14",
	Title: "NOT VALID and VALIDATE in one transaction",
	Why: "The lock of the first statement is held while the second one reads all rows, so " +
		"nothing is won.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad: `ALTER TABLE orders ADD CONSTRAINT c CHECK (total > 0) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT c;`,
	Good: `-- two files, or:
-- towpath: no-transaction`,
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.AlterTable
		if s == nil || !p.InTransaction() || p.Existing(s.Table) == nil {
			return
		}
		for _, a := range s.Actions {
			if a.Kind == ast.ValidateConstraint && addedNotValid(p, s.Table, a.Name) {
				p.Report(a.Pos, "",
					"Validate the constraint %s of the table %s in a later file: "+
						"this one still holds the lock of adding it.", a.Name, s.Table)
			}
		}
	},
}

func addedNotValid(p *sqlreview.Pass, table ast.Name, name string) bool {
	for _, t := range append(p.Earlier(), *p.Statement) {
		if t.AlterTable == nil || t.AlterTable.Table != table {
			continue
		}
		for _, a := range t.AlterTable.Actions {
			if a.Kind == ast.AddConstraint && a.Constraint.NotValid && a.Constraint.Name == name {
				return true
			}
		}
	}
	return false
}
