package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml16 = sqlreview.Rule{
	ID:       "ML16",
	Title:    "Column added in the middle where that is not instant",
	Why:      "An old server builds the whole table again for a column that does not come last.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN note text AFTER id;",
	Good:     "ALTER TABLE orders ADD COLUMN note text;",
	Check: func(p *sqlreview.Pass) {
		v := p.Server.Version
		old := v.Before(8, 0, 29)
		if p.Server.MariaDB {
			old = v.Before(10, 4, 0)
		}
		if !old {
			return
		}
		for t, a := range actions(p, ast.AddColumn) {
			if a.Column != nil && (a.Column.First || a.Column.After != "") {
				p.Report(a.Pos, "",
					"Version %s builds the whole table %s again to put the column %s in the middle.",
					v, t.Name, a.Column.Name)
			}
		}
	},
}
