package rules

import (
	"towpath/internal/sqlreview"
)

var cl26 = sqlreview.Rule{
	ID:       "CL26",
	Title:    "Text column without its collation",
	Why:      "What the table or the server says otherwise can change.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE users (name varchar(50));",
	Good:     "CREATE TABLE users (name varchar(50) COLLATE utf8mb4_bin);",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if textual(c.Type) && c.Collation == "" {
				p.Report(c.Pos, "", "Say the collation of the column %s of %s.", c.Name, table)
			}
		}
	},
}
