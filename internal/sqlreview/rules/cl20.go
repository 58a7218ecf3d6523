package rules

import (
	"towpath/internal/sqlreview"
)

var cl20 = sqlreview.Rule{
	ID:       "CL20",
	Title:    "Auto-increment column with a sign",
	Why:      "Half of the numbers are never used.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Strict:   sqlreview.Error,
	Bad:      "CREATE TABLE orders (id int AUTO_INCREMENT PRIMARY KEY);",
	Good:     "CREATE TABLE orders (id bigint unsigned AUTO_INCREMENT PRIMARY KEY);",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if c.AutoIncrement && integer(c.Type) && !c.Type.Unsigned {
				p.Report(c.Pos, p.Quote(c.Name)+" "+c.Type.Name+" unsigned",
					"The auto-increment column %s of %s has a sign that it never uses.", c.Name, table)
			}
		}
	},
}
