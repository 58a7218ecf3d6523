package rules

import (
	"strings"

	"towpath/internal/sqlreview"
)

var nm05 = sqlreview.Rule{
	ID:       "NM05",
	Title:    "Name of an index",
	Why:      "A name that says table and columns is understood where an error names it.",
	Dialects: everywhere,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{
			Name: "format", Default: "^$|^(idx|ix)_{{table}}_.+$|^{{table}}_.+_(idx|ix)$",
			What: "what a name must match, with {{table}} and {{columns}}",
		},
	},
	Bad:  "CREATE INDEX x ON orders (status);",
	Good: "CREATE INDEX orders_status_idx ON orders (status);",
	Check: func(p *sqlreview.Pass) {
		for table, i := range indexes(p) {
			if i.Unique || i.Name == "" {
				continue
			}
			if !matches(p, i.Name, "{{table}}", table.Name, "{{columns}}", strings.Join(names(i.Keys), "_")) {
				p.Report(i.Pos, "", "The name %s of the index does not match %s.",
					i.Name, p.Setting("format"))
			}
		}
	},
}
