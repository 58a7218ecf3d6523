package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds03 = sqlreview.Rule{
	ID:       "DS03",
	Title:    "DROP TABLE",
	Why:      "The rows are gone, and programs that still use the table fail.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "DROP TABLE orders;",
	Good: `ALTER TABLE orders RENAME TO orders_del;
-- Drop it when nothing has missed it for a while.`,
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Drop
		if s == nil || s.Kind != "table" {
			return
		}
		for _, name := range s.Names {
			if s.Temporary || p.Existing(name) == nil {
				continue
			}
			p.Report(ast.Position{}, retire(p, name), "This removes the table %s with all of its rows.", name)
		}
	},
}

// retire renames a table instead of dropping it.
func retire(p *sqlreview.Pass, name ast.Name) string {
	if strings.HasSuffix(name.Name, retired) {
		return ""
	}
	to := p.Quote(name.Name + retired)
	return "ALTER TABLE " + p.Name(name) + " RENAME TO " + to + ";"
}

// retired ends the name of a table that is about to go.
const retired = "_del"
