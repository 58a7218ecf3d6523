package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var cl02 = sqlreview.Rule{
	ID:       "CL02",
	Title:    "Column without a default",
	Why:      "A program that does not know a new column yet writes rows without it.",
	Dialects: servers,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE orders (id int PRIMARY KEY, status text);",
	Good:     "CREATE TABLE orders (id int PRIMARY KEY, status text DEFAULT 'new');",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if c.Default == nil && !automatic(c) && !keyColumn(p, c) && !long(c.Type) {
				p.Report(c.Pos, "", "The column %s of %s has no default.", c.Name, table)
			}
		}
	},
}

// automatic reports whether a column gets its values by itself.
func automatic(c ast.Column) bool {
	return c.AutoIncrement || c.Identity != "" || c.Type.Serial || c.Generated != ""
}

func keyColumn(p *sqlreview.Pass, c ast.Column) bool { return keyed(&c) || inKey(p, c.Name) }

// long reports whether a type is one of MySQL's that take no plain default.
func long(t ast.Type) bool {
	return slices.Contains([]string{
		"tinytext", "mediumtext", "longtext", "tinyblob", "blob", "mediumblob", "longblob", "geometry",
	}, t.Name)
}
