package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var co02 = sqlreview.Rule{
	ID:       "CO02",
	Title:    "Rename of a column",
	Why:      "Programs that run now use the old name, and fail until all of them are deployed.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders RENAME COLUMN note TO remark;",
	Good: `ALTER TABLE orders ADD COLUMN remark text;
-- Write both, copy the values, read the new one, drop the old one.`,
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.RenameColumn, ast.ModifyColumn) {
			to := a.NewName
			if a.Kind == ast.ModifyColumn && a.Column != nil {
				to = a.Column.Name
			}
			if to == "" || p.Same(a.Name, to) {
				continue
			}
			p.Report(a.Pos, "", "Programs that use the column %s of the table %s fail until they use %s.",
				a.Name, t.Name, to)
		}
	},
}
