package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml18 = sqlreview.Rule{
	ID:       "ML18",
	Title:    "Column that begins or stops to take NULL",
	Why:      "The server builds the whole table again.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders MODIFY status varchar(20) NOT NULL;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			c := t.Column(p.Catalog, a.Name)
			if c == nil || a.Column == nil || c.NotNull == mandatory(*a.Column) {
				continue
			}
			p.Report(a.Pos, "", "The whole table %s is built again for NULL in the column %s.",
				t.Name, a.Name)
		}
	},
}
