package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl33 = sqlreview.Rule{
	ID:       "PL33",
	Title:    "Reference with index and foreign key in one step",
	Why:      "The column, its index and its key hold the locks of all three at once.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad: `ALTER TABLE items ADD COLUMN order_id bigint REFERENCES orders;
CREATE INDEX ON items (order_id);`,
	Good: `ALTER TABLE items ADD COLUMN order_id bigint;
-- in a later file:
CREATE INDEX CONCURRENTLY items_order_id ON items (order_id);
-- and last, the key as NOT VALID`,
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddColumn) {
			if a.Column == nil {
				continue
			}
			refers := slices.ContainsFunc(a.Column.Constraints, func(k ast.Constraint) bool {
				return k.Kind == ast.ForeignKey
			})
			if refers && p.InTransaction() && indexedBelow(p, t.Name, a.Column.Name) {
				p.Report(a.Pos, "",
					"Add the column %s of the table %s, its index and its foreign key in files of their own.",
					a.Column.Name, t.Name)
			}
		}
	},
}

func indexedBelow(p *sqlreview.Pass, table ast.Name, column string) bool {
	return slices.ContainsFunc(p.File.Statements[p.Index:], func(t sqlreview.Text) bool {
		return t.CreateIndex != nil && t.CreateIndex.Table == table &&
			slices.Contains(names(t.CreateIndex.Keys), column)
	})
}
