package rules

import (
	"slices"
	"strings"

	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var tb03 = sqlreview.Rule{
	ID:       "TB03",
	Title:    "Foreign key without a key to refer to",
	Why:      "The server refuses the statement, or each write of the table.",
	Dialects: filesAndMy,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TABLE items (order_no int REFERENCES orders (no)); -- orders.no is not unique",
	Good:     "CREATE UNIQUE INDEX orders_no ON orders (no);",
	Check: func(p *sqlreview.Pass) {
		for k := range constraints(p) {
			r := k.References
			if r == nil || r.Table == k.table {
				continue
			}
			t := p.Table(r.Table)
			switch {
			case t == nil && p.Catalog.Complete:
				p.Report(k.Pos, "", "The table %s, which %s refers to, is not there.", r.Table, k.table)
			case t == nil || t.Unknown:
			case len(r.Columns) == 0 && t.PrimaryKey() == nil:
				p.Report(k.Pos, "", "The table %s, which %s refers to, has no primary key.", r.Table, k.table)
			case len(r.Columns) > 0 && !keyOf(p, t, r.Columns):
				p.Report(k.Pos, "", "The table %s, which %s refers to, has no unique key of %s.",
					r.Table, k.table, strings.Join(r.Columns, ", "))
			}
		}
	},
}

// keyOf reports whether columns are a key of their table: all of a unique one's, or in MySQL the
// first ones of any index.
func keyOf(p *sqlreview.Pass, t *sqlreview.Table, columns []string) bool {
	found := slices.ContainsFunc(t.Indexes, func(i schema.Index) bool {
		if (p.Server.Dialect == sqlreview.SQLite && (!i.Unique || len(i.Columns) != len(columns))) ||
			len(i.Columns) < len(columns) {
			return false
		}
		return !slices.ContainsFunc(columns, func(c string) bool {
			return !has(p, i.Columns[:len(columns)], c)
		})
	})
	return found || (p.Server.Dialect == sqlreview.SQLite && len(columns) == 1 &&
		t.PrimaryKey() != nil && has(p, t.PrimaryKey().Columns, columns[0]))
}
