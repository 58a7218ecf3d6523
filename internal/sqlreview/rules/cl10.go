package rules

import (
	"towpath/internal/sqlreview"
)

var cl10 = sqlreview.Rule{
	ID:    "CL10",
	Title: "32-bit integer",
	Why: "A key of 32 bits is used up at two billion rows, and the change to bigint writes the" +
		" whole table again.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TABLE orders (id integer PRIMARY KEY);",
	Good:     "CREATE TABLE orders (id bigint PRIMARY KEY);",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if t.Name == "integer" && !t.Array {
				p.Report(t.pos, p.Quote(t.column)+" bigint", "The column %s of %s ends at 2,147,483,647.",
					t.column, t.table)
			}
		}
	},
}
