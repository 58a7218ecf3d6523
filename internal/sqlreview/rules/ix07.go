package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var ix07 = sqlreview.Rule{
	ID:       "IX07",
	Title:    "Index that another one makes needless",
	Why:      "Each index makes each write slower, and an index on (a, b) serves queries for a too.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad: `CREATE INDEX a ON orders (status);
CREATE INDEX b ON orders (status, at);`,
	Good: "DROP INDEX a;",
	After: func(p *sqlreview.Pass) {
		for table, i := range indexes(p) {
			t := p.Table(table)
			if t == nil {
				continue
			}
			made := inCatalog(t, i)
			if made == nil || made.Where != "" || slices.Contains(made.Columns, "") {
				continue
			}
			for _, other := range t.Indexes {
				if other.Name == made.Name || other.Where != "" ||
					!strings.EqualFold(other.Method, made.Method) || slices.Contains(other.Columns, "") {
					continue
				}
				switch {
				case covers(p, other, *made):
					p.Report(i.Pos, "", "The index %s of %s is needless: %s begins with its columns.",
						made.Name, table, other.Name)
				case covers(p, *made, other):
					p.Report(i.Pos, "", "The index %s of %s makes %s needless, which begins it.",
						made.Name, table, other.Name)
				}
			}
		}
	},
}

// inCatalog is an index of the statement as the catalog has it.
func inCatalog(t *sqlreview.Table, i ast.Index) *schema.Index {
	for n := range slices.Backward(t.Indexes) {
		if t.Indexes[n].Name == i.Name ||
			(i.Name == "" && slices.Equal(t.Indexes[n].Columns, names(i.Keys))) {
			return &t.Indexes[n]
		}
	}
	return nil
}

// covers reports whether an index serves all that another one does. A unique one serves more than
// a plain one of the same columns.
func covers(p *sqlreview.Pass, index, other schema.Index) bool {
	if len(index.Columns) < len(other.Columns) ||
		(other.Unique && (!index.Unique || len(index.Columns) > len(other.Columns))) {
		return false
	}
	for i, c := range other.Columns {
		if !p.Same(index.Columns[i], c) {
			return false
		}
		if i < len(index.Lengths) && i < len(other.Lengths) && index.Lengths[i] != other.Lengths[i] {
			return false
		}
	}
	return true
}
