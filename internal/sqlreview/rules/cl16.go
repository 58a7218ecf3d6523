package rules

import (
	"towpath/internal/sqlreview"
)

var cl16 = sqlreview.Rule{
	ID:    "CL16",
	Title: "json instead of jsonb",
	Why: "json has no equality, so DISTINCT and GROUP BY fail, and no index helps to search in" +
		" it.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TABLE orders (data json);",
	Good:     "CREATE TABLE orders (data jsonb);",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if t.Name == "json" {
				p.Report(t.pos, p.Quote(t.column)+" jsonb",
					"The column %s of %s is json: DISTINCT, GROUP BY and UNION fail on it, "+
						"and no index helps.", t.column, t.table)
			}
		}
	},
}
