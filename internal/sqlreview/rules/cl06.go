package rules

import (
	"strings"

	"towpath/internal/sqlreview"
)

var cl06 = sqlreview.Rule{
	ID:       "CL06",
	Title:    "ENUM or SET",
	Why:      "A new value is a change of the table, and values sort by their place in the list.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Bad:      "CREATE TABLE orders (status ENUM('new', 'paid'));",
	Good:     "CREATE TABLE orders (status varchar(20));",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if t.Name == "enum" || t.Name == "set" {
				p.Report(t.pos, "", "The column %s of %s is an %s.",
					t.column, t.table, strings.ToUpper(t.Name))
			}
		}
	},
}
