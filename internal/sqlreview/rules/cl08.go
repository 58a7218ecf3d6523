package rules

import (
	"towpath/internal/sqlreview"
)

var cl08 = sqlreview.Rule{
	ID:    "CL08",
	Title: "TIMESTAMP, DATETIME or TIME",
	Why: "TIMESTAMP ends in 2038 and changes with the zone of the session; DATETIME and TIME " +
		"know no zone at all.",
	Dialects: mysql,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE orders (at timestamp);",
	Good:     "CREATE TABLE orders (at datetime(6)); -- always in UTC",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			switch t.Name {
			case "timestamp":
				p.Report(t.pos, "",
					"The column %s of %s is a timestamp: it ends in 2038, "+
						"and is shown in the zone of each session.", t.column, t.table)
			case "datetime", "time":
				p.Report(t.pos, "", "The column %s of %s is a %s, which knows no zone. Write UTC into it.",
					t.column, t.table, t.Name)
			}
		}
	},
}
