package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb17 = sqlreview.Rule{
	ID:       "TB17",
	Title:    "Rows of a protected table",
	Why:      "Some tables belong to others, or must not change.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "", What: "the tables"},
	},
	Bad: "DELETE FROM ledger WHERE id = 1;",
	Check: func(p *sqlreview.Pass) {
		list := p.List("list")
		if len(list) == 0 {
			return
		}
		for _, name := range written(p) {
			if slices.Contains(list, strings.ToLower(name.String())) ||
				slices.Contains(list, strings.ToLower(name.Name)) {
				p.Report(ast.Position{}, "", "The table %s is protected: its rows must not change.", name)
			}
		}
	},
}

// written are the tables whose rows a statement changes.
func written(p *sqlreview.Pass) []ast.Name {
	s := p.Statement
	switch {
	case s.Insert != nil:
		return []ast.Name{s.Insert.Table}
	case s.Update != nil:
		return s.Update.Tables
	case s.Delete != nil:
		return s.Delete.Tables
	}
	return nil
}
