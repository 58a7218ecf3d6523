package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var ml26 = sqlreview.Rule{
	ID:    "ML26",
	Title: "Order of columns changed",
	Why: "The server copies the table to move a column, and programs that count on the order " +
		"break.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders MODIFY note text FIRST;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			if a.Column == nil || !(a.Column.First || a.Column.After != "") ||
				t.Column(p.Catalog, a.Name) == nil {
				continue
			}
			// the order is an entry of the catalog there
			catalog := p.Server.MariaDB && !p.Server.Version.Before(10, 4, 0)
			r := notInstant(p, t)
			switch {
			case !catalog || passesVirtual(p, t, *a.Column):
				p.Report(a.Pos, "", "The whole table %s is copied to move the column %s.",
					t.Name, a.Column.Name)
			case r.why != "":
				p.Report(a.Pos, "", "The column %s of the table %s does not move at once. %s",
					a.Column.Name, t.Name, r.sentence())
			}
		}
	},
}

// passesVirtual reports whether a column moves from one side of a virtual column to the other.
func passesVirtual(p *sqlreview.Pass, t *sqlreview.Table, c ast.Column) bool {
	place := func(name string) int {
		return slices.IndexFunc(t.Columns, func(o schema.TableColumn) bool { return p.Same(o.Name, name) })
	}
	from, to := place(c.Name), 0
	if c.After != "" {
		to = place(c.After) + 1
	}
	return slices.ContainsFunc(t.Columns[min(from, to):max(from, to)], func(o schema.TableColumn) bool {
		return o.Generated == string(ast.Virtual)
	})
}
