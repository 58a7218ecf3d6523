package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds12 = sqlreview.Rule{
	ID:    "DS12",
	Title: "Drop of a foreign key",
	Why: "Rows that refer to nothing can come in from then on, and later the key cannot be " +
		"made again.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE items DROP CONSTRAINT items_order_fk;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropConstraint) {
			if kindOf(p, t, a) == ast.ForeignKey {
				p.Report(a.Pos, "",
					"Without the foreign key %s, rows of %s may refer to rows that are not there.",
					a.Name, t.Name)
			}
		}
	},
}

// kindOf is the kind of the constraint that an action drops: what the statement says, or what the
// catalog knows.
func kindOf(p *sqlreview.Pass, t *sqlreview.Table, a ast.Action) ast.ConstraintKind {
	if a.Constraint != nil && a.Constraint.Kind != "" {
		return a.Constraint.Kind
	}
	if k := t.Constraint(p.Catalog, a.Name); k != nil {
		return ast.ConstraintKind(k.Kind)
	}
	return ""
}
