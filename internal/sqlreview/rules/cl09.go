package rules

import (
	"towpath/internal/sqlreview"
)

var cl09 = sqlreview.Rule{
	ID:       "CL09",
	Title:    "timestamp without a time zone",
	Why:      "A time without a zone means another moment in each session.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TABLE orders (at timestamp);",
	Good:     "CREATE TABLE orders (at timestamptz);",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if t.Name == "timestamp" {
				p.Report(t.pos, p.Quote(t.column)+" timestamptz",
					"The column %s of %s keeps a time without its zone, "+
						"so nobody can tell which moment it is.", t.column, t.table)
			}
		}
	},
}
