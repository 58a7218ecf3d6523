package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var dd02 = sqlreview.Rule{
	ID:    "DD02",
	Title: "Index that becomes unique",
	Why: "One pair of equal rows is enough to make the second statement fail, and the old " +
		"index is gone by then.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad: `DROP INDEX by_email;
CREATE UNIQUE INDEX by_email ON users (email);`,
	Check: func(p *sqlreview.Pass) {
		report := func(at ast.Position, table ast.Name, columns []string) {
			if was := dropped(p, table, columns); was != "" {
				p.Report(at, "",
					"The index %s on %s of the table %s becomes unique, "+
						"which fails when two rows are the same.",
					was, strings.Join(columns, ", "), table)
			}
		}
		for table, i := range indexes(p) {
			if i.Unique {
				report(i.Pos, table, names(i.Keys))
			}
		}
		for k := range constraints(p) {
			if k.Kind == ast.Unique && k.UsingIndex == "" {
				report(k.Pos, k.table, k.columns())
			}
		}
	},
}

// dropped is the name of an index on the same columns that was not unique, and that this file drops
// beside making the new one.
func dropped(p *sqlreview.Pass, table ast.Name, columns []string) string {
	t := p.Existing(table)
	if t == nil {
		return ""
	}
	for _, i := range p.Dropped {
		if i.Table == t && !i.Unique && slices.Equal(i.Columns, columns) {
			return i.Name
		}
	}
	s := p.Statement.AlterTable
	if s == nil {
		return ""
	}
	for _, i := range t.Indexes {
		if !i.Unique && slices.Equal(i.Columns, columns) && dropsIndex(s, i.Name) {
			return i.Name
		}
	}
	return ""
}
