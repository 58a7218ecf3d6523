package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml25 = sqlreview.Rule{
	ID:    "ML25",
	Title: "CHANGE COLUMN",
	Why: "CHANGE renames and defines a column in one word, and what the definition leaves out " +
		"is lost: NOT NULL, the default, the comment.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders CHANGE note remark text;",
	Good:     "ALTER TABLE orders RENAME COLUMN note TO remark;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			if !a.Change || a.Column == nil {
				continue
			}
			fix := "ALTER TABLE " + p.Name(t.Name) + " RENAME COLUMN " + p.Quote(a.Name) + " TO " +
				p.Quote(a.Column.Name) + ";"
			if p.Same(a.Name, a.Column.Name) {
				fix = ""
			}
			p.Report(a.Pos, fix,
				"CHANGE defines the column %s of the table %s as a whole. Use RENAME COLUMN or MODIFY.",
				a.Name, t.Name)
		}
	},
}
