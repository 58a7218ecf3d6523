package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var dd04 = sqlreview.Rule{
	ID:       "DD04",
	Title:    "Column that takes NULL becomes NOT NULL",
	Why:      "One row with NULL is enough to make the statement fail, and the rollout with it.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ALTER COLUMN status SET NOT NULL;",
	Good: `UPDATE orders SET status = 'new' WHERE status IS NULL;
ALTER TABLE orders ALTER COLUMN status SET NOT NULL;`,
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.SetNotNull, ast.ModifyColumn) {
			column := a.Name
			if a.Kind == ast.ModifyColumn && (a.Column == nil || !mandatory(*a.Column)) {
				continue
			}
			if c := t.Column(p.Catalog, column); c != nil && (c.NotNull || proven(t, column)) {
				continue
			}
			if a.Kind == ast.ModifyColumn && t.Column(p.Catalog, column) == nil {
				continue // it may be NOT NULL already
			}
			p.Report(a.Pos,
				"UPDATE "+p.Name(t.Name)+" SET "+p.Quote(column)+" = … WHERE "+p.Quote(column)+" IS NULL;",
				"This fails when a row of the table %s has NULL in the column %s.", t.Name, column)
		}
	},
}

// proven reports whether a valid check says that a column is not NULL.
func proven(t *sqlreview.Table, column string) bool {
	return slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool {
		return k.Kind == string(ast.Check) && !k.NotValid &&
			strings.EqualFold(strings.Trim(strings.ReplaceAll(k.Check, `"`, ""), "()"), column+" IS NOT NULL")
	})
}
