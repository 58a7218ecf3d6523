package rules

import (
	"towpath/internal/sqlreview"
)

var nm04 = sqlreview.Rule{
	ID:       "NM04",
	Title:    "Name of an auto-increment column",
	Why:      "A key of one name is found without a look.",
	Dialects: mysql,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "format", Default: "^id$", What: "what the name must match"},
	},
	Bad:  "CREATE TABLE orders (no bigint AUTO_INCREMENT PRIMARY KEY);",
	Good: "CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY);",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if c.AutoIncrement && !matches(p, c.Name) {
				p.Report(c.Pos, "", "The auto-increment column %s of %s does not match %s.",
					c.Name, table, p.Setting("format"))
			}
		}
	},
}
