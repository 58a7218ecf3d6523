package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml16 = sqlreview.Rule{
	ID:    "ML16",
	Title: "Column added where that is not instant",
	Why: "An old server builds the whole table again for a column, or for one that does not come last." +
		" So does a current one where the table has a FULLTEXT index, or the statement builds an index too.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN note text AFTER id; -- before MySQL 8.0.29",
	Good:     "ALTER TABLE orders ADD COLUMN note text;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddColumn) {
			c := a.Column
			if c == nil || c.Generated == ast.Stored || c.AutoIncrement || keyed(c) {
				continue // which rules of their own say
			}
			if r := toAdd(p, t, *c); r.why != "" {
				p.Report(a.Pos, "", "The column %s of the table %s is not there at once. %s", c.Name, t.Name,
					r.sentence())
			}
		}
	},
}
