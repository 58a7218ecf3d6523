package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml01 = sqlreview.Rule{
	ID:    "ML01",
	Title: "Values of an ENUM removed, moved or inserted",
	Why: "The server copies the whole table, and nobody writes it meanwhile; a row whose value" +
		" is gone makes the statement fail or is cut.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders MODIFY status ENUM('new', 'paid');",
	Good: "ALTER TABLE orders MODIFY status ENUM('new', 'sent', 'paid'); -- new values at the " +
		"end",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			c := t.Column(p.Catalog, a.Name)
			if c == nil || a.Column == nil || c.Type != "enum" || a.Column.Type.Name != "enum" {
				continue
			}
			if why := reordered(c.Values, a.Column.Type.Values, enumBytes); why != "" {
				p.Report(a.Pos, "", "The whole table %s is copied: %s of the column %s.", t.Name, why, a.Name)
			}
		}
	},
}

// reordered says how a list of values changes other than by values at its end; "" when it does not.
// size is the bytes of a value of so many.
func reordered(from, to []string, size func(int) int) string {
	switch {
	case len(to) < len(from):
		return "values are removed from the list"
	case !slices.Equal(from, to[:len(from)]):
		return "values change their place in the list"
	case size(len(from)) != size(len(to)):
		return "the list outgrows the bytes of a value"
	}
	return ""
}

// enumBytes is the size of a value of an ENUM.
// https://dev.mysql.com/doc/refman/8.4/en/storage-requirements.html
func enumBytes(n int) int {
	if n > 255 {
		return 2
	}
	return 1
}
