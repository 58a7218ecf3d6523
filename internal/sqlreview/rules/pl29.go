package rules

import (
	"towpath/internal/sqlreview"
)

var pl29 = sqlreview.Rule{
	ID:       "PL29",
	Title:    "varchar with a length",
	Why:      "The limit costs nothing to keep out and a lock to change, and text is as fast.",
	Dialects: postgres,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE users (name varchar(50));",
	Good:     "CREATE TABLE users (name text CHECK (length(name) <= 50));",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if t.Name == "varchar" && len(t.Args) > 0 {
				p.Report(t.pos,
					p.Quote(t.column)+" text CHECK (length("+p.Quote(t.column)+") <= "+t.Args[0]+")",
					"Use text with a check for the column %s of %s, "+
						"which is easier to change than varchar(%s).", t.column, t.table, t.Args[0])
			}
		}
	},
}
