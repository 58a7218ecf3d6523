package rules

import (
	"towpath/internal/sqlreview"
)

var cl11 = sqlreview.Rule{
	ID:    "CL11",
	Title: "16-bit integer",
	Why: "A number of 16 bits is used up soon, and the change to a wider one writes the whole " +
		"table again.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TABLE orders (shop smallint);",
	Good:     "CREATE TABLE orders (shop bigint);",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if t.Name == "smallint" && !t.Array {
				p.Report(t.pos, p.Quote(t.column)+" bigint", "The column %s of %s ends at 32,767.",
					t.column, t.table)
			}
		}
	},
}
