package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb16 = sqlreview.Rule{
	ID:       "TB16",
	Title:    "Change of a protected table",
	Why:      "Some tables belong to others, or must not change.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "", What: "the tables"},
	},
	Bad: "ALTER TABLE ledger ADD COLUMN a int;",
	Check: func(p *sqlreview.Pass) {
		list := p.List("list")
		if len(list) == 0 {
			return
		}
		for _, name := range changed(p) {
			if slices.Contains(list, strings.ToLower(name.String())) ||
				slices.Contains(list, strings.ToLower(name.Name)) {
				p.Report(ast.Position{}, "", "The table %s is protected: it must not change.", name)
			}
		}
	},
}

// changed are the tables that a statement changes or drops.
func changed(p *sqlreview.Pass) []ast.Name {
	s := p.Statement
	switch {
	case s.AlterTable != nil:
		return []ast.Name{s.AlterTable.Table}
	case s.CreateIndex != nil:
		return []ast.Name{s.CreateIndex.Table}
	case s.CreateTrigger != nil:
		return []ast.Name{s.CreateTrigger.Table}
	case s.Drop != nil && s.Drop.Kind == "table":
		return s.Drop.Names
	case s.Drop != nil && s.Drop.On != nil:
		return []ast.Name{*s.Drop.On}
	case s.Truncate != nil:
		return s.Truncate.Tables
	case s.Rename != nil && s.Rename.Kind == "table":
		var names []ast.Name
		for _, pair := range s.Rename.Pairs {
			names = append(names, pair.From)
		}
		return names
	}
	return nil
}
