package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var nm09 = sqlreview.Rule{
	ID:       "NM09",
	Title:    "Name of a check constraint",
	Why:      "A name that says table and columns is understood where an error names it.",
	Dialects: everywhere,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{
			Name: "format", Default: "^(ck|chk)_{{table}}_.+$|^{{table}}_.+_(check|ck|chk)$",
			What: "what a name must match, with {{table}} and {{columns}}",
		},
	},
	Bad:  "ALTER TABLE orders ADD CONSTRAINT x CHECK (total > 0);",
	Good: "ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total > 0);",
	Check: func(p *sqlreview.Pass) {
		for k := range constraints(p) {
			if k.Kind != ast.Check || k.Name == "" {
				continue
			}
			if !matches(p, k.Name, "{{table}}", k.table.Name, "{{columns}}", strings.Join(k.columns(), "_")) {
				p.Report(k.Pos, "", "The name %s of the check constraint does not match %s.",
					k.Name, p.Setting("format"))
			}
		}
	},
}
