package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds04 = sqlreview.Rule{
	ID:    "DS04",
	Title: "Drop of a table that was not renamed first",
	Why: "A table that has been renamed first shows whether anything still needs it, while its" +
		" rows are there.",
	Dialects: servers,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "suffix", Default: "_del", What: "what the name of a table to drop must end with"},
	},
	Bad:  "DROP TABLE orders;",
	Good: "DROP TABLE orders_del;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Drop
		if s == nil || s.Kind != "table" {
			return
		}
		suffix := p.Setting("suffix")
		for _, name := range s.Names {
			if s.Temporary || p.Existing(name) == nil || strings.HasSuffix(name.Name, suffix) {
				continue
			}
			p.Report(ast.Position{}, "ALTER TABLE "+p.Name(name)+" RENAME TO "+p.Quote(name.Name+suffix)+";",
				"Rename the table %s to %s first, and drop it in a later change.", name, name.Name+suffix)
		}
	},
}
