package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var cl01 = sqlreview.Rule{
	ID:       "CL01",
	Title:    "Column that takes NULL",
	Why:      "Each program that reads the column has to do something for NULL.",
	Dialects: everywhere,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE orders (id int PRIMARY KEY, note text);",
	Good:     "CREATE TABLE orders (id int PRIMARY KEY, note text NOT NULL DEFAULT '');",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if !mandatory(c) && !inKey(p, c.Name) && c.Identity == "" && !c.Type.Serial && c.Generated == "" {
				p.Report(c.Pos, "", "The column %s of %s takes NULL.", c.Name, table)
			}
		}
	},
}

// inKey reports whether a column is part of the primary key that a CREATE TABLE defines apart.
func inKey(p *sqlreview.Pass, column string) bool {
	s := p.Statement.CreateTable
	return s != nil && slices.ContainsFunc(s.Constraints, func(k ast.Constraint) bool {
		return k.Kind == ast.PrimaryKey && has(p, names(k.Columns), column)
	})
}
