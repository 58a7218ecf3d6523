package rules

import (
	"towpath/internal/sqlreview"
)

var cl24 = sqlreview.Rule{
	ID:    "CL24",
	Title: "Character set of a column",
	Why: "A column of another character set than its table cannot be compared with its " +
		"neighbors by an index.",
	Dialects: mysql,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE users (name varchar(50) CHARACTER SET latin1);",
	Good:     "CREATE TABLE users (name varchar(50));",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if c.Charset != "" {
				p.Report(c.Pos, "", "Leave the character set of the column %s to the table %s.",
					c.Name, table)
			}
		}
	},
}
