package rules

import (
	"towpath/internal/sqlreview"
)

var cl14 = sqlreview.Rule{
	ID:       "CL14",
	Title:    "CHAR that is too long",
	Why:      "Each value takes the full length.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "20", What: "the length that a CHAR may have"},
	},
	Bad:  "CREATE TABLE users (name char(100));",
	Good: "CREATE TABLE users (name varchar(100));",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if t.Name == "char" && number(t.Args) > p.Limit("limit") {
				p.Report(t.pos, p.Quote(t.column)+" varchar("+t.Args[0]+")",
					"The column %s of %s has a fixed length of %s, more than %d.",
					t.column, t.table, t.Args[0], p.Limit("limit"))
			}
		}
	},
}
