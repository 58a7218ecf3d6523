package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var dd01 = sqlreview.Rule{
	ID:    "DD01",
	Title: "Unique index or constraint on columns that hold values",
	Why: "One pair of equal rows is enough to make the statement fail, and the rollout with " +
		"it.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      "CREATE UNIQUE INDEX by_email ON users (email);",
	Good: `SELECT email, count(*) FROM users GROUP BY email HAVING count(*) > 1; -- none?
CREATE UNIQUE INDEX CONCURRENTLY by_email ON users (email);`,
	Check: func(p *sqlreview.Pass) {
		report := func(at ast.Position, name ast.Name, columns []string) {
			t := p.Existing(name)
			if t == nil || unique(p, t, columns) || made(p, t, columns) {
				return
			}
			p.Report(at, "", "This fails when two rows of the table %s have the same %s.",
				name, strings.Join(columns, ", "))
		}
		for table, i := range indexes(p) {
			if i.Unique {
				report(i.Pos, table, names(i.Keys))
			}
		}
		s := p.Statement.AlterTable
		if s == nil {
			return
		}
		for k := range constraints(p) {
			if (k.Kind == ast.Unique || k.Kind == ast.PrimaryKey) && k.UsingIndex == "" {
				report(k.Pos, k.table, k.columns())
			}
		}
	},
}

// names are the columns of an index, its expressions as they are written.
func names(keys []ast.Key) []string {
	var all []string
	for _, k := range keys {
		if k.Expr != nil {
			all = append(all, k.Expr.Text)
			continue
		}
		all = append(all, k.Column)
	}
	return all
}

// unique reports whether a key that is there keeps the columns unique already.
func unique(p *sqlreview.Pass, t *sqlreview.Table, columns []string) bool {
	return slices.ContainsFunc(t.Indexes, func(i schema.Index) bool {
		return i.Unique && i.Where == "" && !i.Invalid && len(i.Columns) > 0 &&
			!slices.ContainsFunc(i.Columns, func(c string) bool { return !has(p, columns, c) })
	})
}

// made reports whether this statement adds one of the columns, so that all rows have one value in
// it, or none at all.
func made(p *sqlreview.Pass, t *sqlreview.Table, columns []string) bool {
	s := p.Statement.AlterTable
	return s != nil && slices.ContainsFunc(s.Actions, func(a ast.Action) bool {
		return a.Kind == ast.AddColumn && a.Column != nil && has(p, columns, a.Column.Name) &&
			a.Column.Default == nil
	})
}
