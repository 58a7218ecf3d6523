package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml02 = sqlreview.Rule{
	ID:    "ML02",
	Title: "Values of a SET removed, moved or inserted",
	Why: "The server copies the whole table, and nobody writes it meanwhile; a row whose value" +
		" is gone makes the statement fail or is cut.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders MODIFY status SET('new', 'paid');",
	Good: "ALTER TABLE orders MODIFY status SET('new', 'sent', 'paid'); -- new values at the " +
		"end",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			c := t.Column(p.Catalog, a.Name)
			if c == nil || a.Column == nil || c.Type != "set" || a.Column.Type.Name != "set" {
				continue
			}
			if why := reordered(c.Values, a.Column.Type.Values, setBytes); why != "" {
				p.Report(a.Pos, "", "The whole table %s is copied: %s of the column %s.", t.Name, why, a.Name)
			}
		}
	},
}

// setBytes is the size of a value of a SET.
// https://dev.mysql.com/doc/refman/8.4/en/storage-requirements.html
func setBytes(n int) int {
	if n > 32 {
		return 8
	}
	if n > 16 {
		return 4
	}
	return (n + 7) / 8
}
