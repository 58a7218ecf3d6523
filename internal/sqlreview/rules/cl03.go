package rules

import (
	"towpath/internal/sqlreview"
)

var cl03 = sqlreview.Rule{
	ID:       "CL03",
	Title:    "NOT NULL column without a default",
	Why:      "A program that does not know the column yet fails to write rows.",
	Dialects: mysql,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE orders (id int PRIMARY KEY, status varchar(20) NOT NULL);",
	Good:     "CREATE TABLE orders (id int PRIMARY KEY, status varchar(20) NOT NULL DEFAULT 'new');",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if c.NotNull && c.Default == nil && !automatic(c) && !keyColumn(p, c) && !long(c.Type) &&
				c.Type.Name != "text" && c.Type.Name != "json" {
				p.Report(c.Pos, "", "The column %s of %s takes no NULL and has no default.", c.Name, table)
			}
		}
	},
}
