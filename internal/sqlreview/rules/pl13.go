package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl13 = sqlreview.Rule{
	ID:       "PL13",
	Title:    "FOREIGN KEY without NOT VALID",
	Why:      "Neither table takes writes while the server compares all rows.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad: "ALTER TABLE items ADD CONSTRAINT items_order FOREIGN KEY (order_id) REFERENCES " +
		"orders;",
	Good: `ALTER TABLE items ADD CONSTRAINT items_order FOREIGN KEY (order_id) REFERENCES orders NOT VALID;
-- in a later file:
ALTER TABLE items VALIDATE CONSTRAINT items_order;`,
	Check: func(p *sqlreview.Pass) {
		if p.Statement.AlterTable == nil || p.Existing(p.Statement.AlterTable.Table) == nil {
			return
		}
		for k := range constraints(p) {
			if k.Kind != ast.ForeignKey || k.NotValid || k.NotEnforced || emptyColumn(p, k) {
				continue
			}
			p.Report(k.Pos, notValid(p, k),
				"The tables %s and %s take no writes while the server compares all of their rows.",
				k.table, k.References.Table)
		}
	},
}

// emptyColumn reports whether the key is on a column that this statement adds without a value, so
// that no row has anything to compare.
func emptyColumn(p *sqlreview.Pass, k constraining) bool {
	for _, a := range p.Statement.AlterTable.Actions {
		if a.Kind == ast.AddColumn && a.Column != nil && a.Column.Name == k.column &&
			a.Column.Default == nil {
			return p.Server.Dialect == sqlreview.PostgreSQL && k.column != ""
		}
	}
	return false
}
