package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var nm03 = sqlreview.Rule{
	ID:       "NM03",
	Title:    "Name of a column",
	Why:      "Names of one form need no quotes, and are found without a look.",
	Dialects: everywhere,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "format", Default: "^[a-z][a-z0-9_]*$", What: "what a name must match"},
	},
	Bad:  `CREATE TABLE orders ("Note" text);`,
	Good: "CREATE TABLE orders (note text);",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if !matches(p, c.Name) {
				p.Report(c.Pos, "", "The name %s of the column of %s does not match %s.",
					c.Name, table, p.Setting("format"))
			}
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				if a.Kind == ast.RenameColumn && !matches(p, a.NewName) {
					p.Report(a.Pos, "", "The name %s of the column of %s does not match %s.",
						a.NewName, s.Table, p.Setting("format"))
				}
			}
		}
	},
}
