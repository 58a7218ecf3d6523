package rules

import (
	"towpath/internal/sqlreview"
)

var cl19 = sqlreview.Rule{
	ID:       "CL19",
	Title:    "Auto-increment column that is no integer",
	Why:      "A number with decimals loses its last digits when it grows, and then rows collide.",
	Dialects: mysql,
	Level:    sqlreview.Error,
	Bad:      "CREATE TABLE orders (id float AUTO_INCREMENT PRIMARY KEY);",
	Good:     "CREATE TABLE orders (id bigint unsigned AUTO_INCREMENT PRIMARY KEY);",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if c.AutoIncrement && !integer(c.Type) {
				p.Report(c.Pos, "", "The auto-increment column %s of %s is a %s, no integer.",
					c.Name, table, c.Type.Name)
			}
		}
	},
}
