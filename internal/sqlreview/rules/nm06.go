package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var nm06 = sqlreview.Rule{
	ID:       "NM06",
	Title:    "Name of a unique key",
	Why:      "A name that says table and columns is understood where an error names it.",
	Dialects: everywhere,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{
			Name: "format", Default: "^(uk|uq|uidx)_{{table}}_.+$|^{{table}}_.+_(key|uk|uq|idx|uniq)$",
			What: "what a name must match, with {{table}} and {{columns}}",
		},
	},
	Bad:  "CREATE UNIQUE INDEX x ON users (email);",
	Good: "CREATE UNIQUE INDEX users_email_key ON users (email);",
	Check: func(p *sqlreview.Pass) {
		for table, i := range indexes(p) {
			if !i.Unique || i.Name == "" {
				continue
			}
			if !matches(p, i.Name, "{{table}}", table.Name, "{{columns}}", strings.Join(names(i.Keys), "_")) {
				p.Report(i.Pos, "", "The name %s of the index does not match %s.",
					i.Name, p.Setting("format"))
			}
		}
		for k := range constraints(p) {
			if k.Kind != ast.Unique || k.Name == "" {
				continue
			}
			if !matches(p, k.Name, "{{table}}", k.table.Name, "{{columns}}", strings.Join(k.columns(), "_")) {
				p.Report(k.Pos, "", "The name %s of the unique key does not match %s.",
					k.Name, p.Setting("format"))
			}
		}
	},
}
