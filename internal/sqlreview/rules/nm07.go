package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var nm07 = sqlreview.Rule{
	ID:       "NM07",
	Title:    "Name of a primary key",
	Why:      "A name that says table and columns is understood where an error names it.",
	Dialects: postgres,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{
			Name: "format", Default: "^pk_{{table}}(_.+)?$|^{{table}}(_.+)?_(pkey|pk)$",
			What: "what a name must match, with {{table}} and {{columns}}",
		},
	},
	Bad:  "CREATE TABLE orders (id int, CONSTRAINT x PRIMARY KEY (id));",
	Good: "CREATE TABLE orders (id int, CONSTRAINT orders_pkey PRIMARY KEY (id));",
	Check: func(p *sqlreview.Pass) {
		for k := range constraints(p) {
			if k.Kind != ast.PrimaryKey || k.Name == "" {
				continue
			}
			if !matches(p, k.Name, "{{table}}", k.table.Name, "{{columns}}", strings.Join(k.columns(), "_")) {
				p.Report(k.Pos, "", "The name %s of the primary key does not match %s.",
					k.Name, p.Setting("format"))
			}
		}
	},
}
