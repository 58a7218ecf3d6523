package rules

import (
	"strings"

	"towpath/internal/sqlreview"
)

var cl17 = sqlreview.Rule{
	ID:       "CL17",
	Title:    "Zero date as a default",
	Why:      "A strict server refuses the value, and programs take it for the year 0.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TABLE orders (at datetime DEFAULT '0000-00-00 00:00:00');",
	Good:     "CREATE TABLE orders (at datetime NULL);",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if c.Default != nil &&
				strings.HasPrefix(strings.TrimLeft(c.Default.Text, "'\"( "), "0000-00-00") {
				p.Report(c.Pos, "", "The default of the column %s of %s is no date.", c.Name, table)
			}
		}
	},
}
