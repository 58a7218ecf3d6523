package rules

import (
	"slices"

	"towpath/internal/sqlreview"
)

var cl07 = sqlreview.Rule{
	ID:       "CL07",
	Title:    "FLOAT or DOUBLE",
	Why:      "0.1 has no exact value in it, so sums of money come out wrong.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TABLE prices (amount float);",
	Good:     "CREATE TABLE prices (amount decimal(12, 2));",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if slices.Contains([]string{"float", "double", "real", "double precision"}, t.Name) {
				p.Report(t.pos, p.Quote(t.column)+" decimal(12, 2)",
					"The column %s of %s has the type %s, which keeps no exact decimals.",
					t.column, t.table, t.Name)
			}
		}
	},
}
