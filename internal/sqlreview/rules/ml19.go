package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml19 = sqlreview.Rule{
	ID:       "ML19",
	Title:    "Character set or collation of a column",
	Why:      "The server copies the whole table, and nobody writes it meanwhile.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE users MODIFY name varchar(50) CHARACTER SET utf8mb4;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			if a.Column == nil {
				continue
			}
			c := t.Column(p.Catalog, a.Name)
			charset, collation := a.Column.Charset, a.Column.Collation
			same := c != nil && (charset == "" || strings.EqualFold(charset, c.Charset)) &&
				(collation == "" || strings.EqualFold(collation, c.Collation))
			if same || (charset == "" && collation == "") {
				continue
			}
			p.Report(a.Pos, "", "The whole table %s is copied for the character set of the column %s.",
				t.Name, a.Name)
		}
	},
}
