package rules

import (
	"towpath/internal/sqlreview"
)

var cl15 = sqlreview.Rule{
	ID:       "CL15",
	Title:    "VARCHAR that is too long",
	Why:      "A long column counts in full against the size of a row and of a sort.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "2560", What: "the length that a VARCHAR may have"},
	},
	Bad:  "CREATE TABLE users (name varchar(5000));",
	Good: "CREATE TABLE users (name varchar(200));",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if t.Name == "varchar" && number(t.Args) > p.Limit("limit") {
				p.Report(t.pos, "", "The column %s of %s has a length of %s, more than %d.",
					t.column, t.table, t.Args[0], p.Limit("limit"))
			}
		}
	},
}
