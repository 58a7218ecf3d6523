package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml19 = sqlreview.Rule{
	ID:    "ML19",
	Title: "Character set or collation of a column",
	Why: "Another character set copies the whole table, and nobody writes it meanwhile. A definition that" +
		" leaves it out takes the table's.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE users MODIFY name varchar(50) CHARACTER SET utf8mb4; -- it was latin1",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			c := t.Column(p.Catalog, a.Name)
			if a.Column == nil || !slices.Contains(textTypes, a.Column.Type.Name) ||
				a.Column.Type.Name == "json" {
				continue
			}
			to, collation := redefined(t, *a.Column)
			switch {
			case to == "":
			case c == nil && !t.Unknown:
			case c == nil || recoded(p, t, *c, to):
				p.Report(a.Pos, "",
					"The whole table %s is copied for the character set %s of the column %s, "+
						"and nobody writes it meanwhile.", t.Name, to, a.Name)
			case !resorted(t, *c, to, collation):
			case !p.Server.MariaDB || p.Server.Version.Before(10, 4, 0):
				p.Report(a.Pos, "",
					"The whole table %s is copied for the collation %s of the column %s, and nobody writes it "+
						"meanwhile.", t.Name, collation, a.Name)
			case indexed(p, t, a.Name):
				p.Report(a.Pos, "",
					"Each index of the table %s with the column %s is put into the order of the collation %s.",
					t.Name, a.Name, collation)
			}
		}
	},
}
