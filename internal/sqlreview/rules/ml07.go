package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml07 = sqlreview.Rule{
	ID:       "ML07",
	Title:    "Primary key replaced",
	Why:      "The server builds the whole table and each of its indexes again.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders DROP PRIMARY KEY, ADD PRIMARY KEY (id, region);",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropPrimaryKey) {
			if _, adds := dropsKey(p.Statement.AlterTable); adds && !sameKey(p, t) {
				p.Report(a.Pos, "",
					"The whole table %s and all of its indexes are built again for the new primary key.",
					t.Name)
			}
		}
	},
}

// sameKey reports whether a statement makes the primary key that the table has.
func sameKey(p *sqlreview.Pass, t *sqlreview.Table) bool {
	was := t.PrimaryKey()
	return was != nil && slices.ContainsFunc(p.Statement.AlterTable.Actions, func(a ast.Action) bool {
		return a.Kind == ast.AddConstraint && a.Constraint.Kind == ast.PrimaryKey &&
			slices.EqualFunc(names(a.Constraint.Columns), was.Columns, p.Same)
	})
}
