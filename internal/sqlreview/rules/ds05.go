package rules

import (
	"fmt"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds05 = sqlreview.Rule{
	ID:       "DS05",
	Title:    "DROP COLUMN",
	Why:      "The values are gone, and programs that still name the column fail.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "ALTER TABLE orders DROP COLUMN note;",
	Good: `-- Deploy programs that do not use orders.note first, then:
-- towpath: allow DS05 because nothing uses it since release 41
ALTER TABLE orders DROP COLUMN note;`,
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropColumn) {
			if c := t.Column(p.Catalog, a.Name); c != nil && c.Generated == "virtual" {
				continue // holds no values of its own
			} else if c == nil && !t.Unknown {
				continue // there is no such column
			}
			message := fmt.Sprintf("This removes the column %s of the table %s with its values.",
				a.Name, t.Name)
			if p.Server.Dialect == sqlreview.MySQL {
				if r := toDrop(p, t, a.Name); r.why != "" {
					message += " " + r.sentence()
				}
			}
			p.Report(a.Pos, "", "%s", message)
		}
	},
}
