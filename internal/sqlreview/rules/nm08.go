package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var nm08 = sqlreview.Rule{
	ID:       "NM08",
	Title:    "Name of a foreign key",
	Why:      "A name that says table and columns is understood where an error names it.",
	Dialects: everywhere,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{
			Name: "format", Default: "^fk_{{table}}_.+$|^{{table}}_.+_(fkey|fk|ibfk_[0-9]+)$",
			What: "what a name must match, with {{table}} and {{columns}}",
		},
	},
	Bad: "ALTER TABLE items ADD CONSTRAINT x FOREIGN KEY (order_id) REFERENCES orders (id);",
	Good: "ALTER TABLE items ADD CONSTRAINT items_order_id_fkey FOREIGN KEY (order_id) " +
		"REFERENCES orders (id);",
	Check: func(p *sqlreview.Pass) {
		for k := range constraints(p) {
			if k.Kind != ast.ForeignKey || k.Name == "" {
				continue
			}
			if !matches(p, k.Name, "{{table}}", k.table.Name, "{{columns}}", strings.Join(k.columns(), "_")) {
				p.Report(k.Pos, "", "The name %s of the foreign key does not match %s.",
					k.Name, p.Setting("format"))
			}
		}
	},
}
