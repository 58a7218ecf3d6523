package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml05 = sqlreview.Rule{
	ID:       "ML05",
	Title:    "New primary key",
	Why:      "The server builds the whole table again in the order of the key.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD PRIMARY KEY (id);",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddConstraint, ast.AddColumn) {
			if (a.Kind == ast.AddConstraint && a.Constraint.Kind == ast.PrimaryKey) ||
				(a.Kind == ast.AddColumn && keyed(a.Column)) {
				p.Report(a.Pos, "",
					"The whole table %s is built again in the order of its new primary key.", t.Name)
			}
		}
	},
}

// keyed reports whether a column is defined as the primary key.
func keyed(c *ast.Column) bool {
	return c != nil && slices.ContainsFunc(c.Constraints, func(k ast.Constraint) bool {
		return k.Kind == ast.PrimaryKey
	})
}

// dropsKey reports whether a statement drops a primary key, and adds one.
func dropsKey(s *ast.AlterTable) (drops, adds bool) {
	for _, a := range s.Actions {
		drops = drops || a.Kind == ast.DropPrimaryKey
		adds = adds || (a.Kind == ast.AddConstraint && a.Constraint.Kind == ast.PrimaryKey) ||
			(a.Kind == ast.AddColumn && keyed(a.Column))
	}
	return drops, adds
}
