package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds06 = sqlreview.Rule{
	ID:    "DS06",
	Title: "Drop of a column that is part of an index",
	Why: "The server takes the column out of the index without a word, so a unique key may " +
		"fail and queries lose their index.",
	Dialects: mysql,
	Level:    sqlreview.Error,
	Bad:      "ALTER TABLE orders DROP COLUMN status;",
	Good:     "ALTER TABLE orders DROP INDEX by_status, DROP COLUMN status;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropColumn) {
			for _, i := range t.Indexes {
				if !has(p, i.Columns, a.Name) || dropsIndex(p.Statement.AlterTable, i.Name) {
					continue
				}
				fix := "ALTER TABLE " + p.Name(t.Name) + " DROP INDEX " + p.Quote(i.Name) +
					", DROP COLUMN " + p.Quote(a.Name) + ";"
				p.Report(a.Pos, fix,
					"The column %s is part of the index %s of the table %s, which changes with it.",
					a.Name, i.Name, t.Name)
			}
		}
	},
}

// has reports whether a list of columns has one of the name.
func has(p *sqlreview.Pass, columns []string, name string) bool {
	return slices.ContainsFunc(columns, func(c string) bool { return p.Same(c, name) })
}

func dropsIndex(s *ast.AlterTable, name string) bool {
	return slices.ContainsFunc(s.Actions, func(a ast.Action) bool {
		return (a.Kind == ast.DropIndex && strings.EqualFold(a.Name, name)) ||
			(a.Kind == ast.DropPrimaryKey && name == "PRIMARY")
	})
}
