package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var ix08 = sqlreview.Rule{
	ID:       "IX08",
	Title:    "Date in front of other columns of an index",
	Why:      "A range of dates ends what the index can do, so columns behind it only take space.",
	Dialects: mysql,
	Level:    sqlreview.Info,
	Bad:      "CREATE INDEX i ON orders (at, status);",
	Good:     "CREATE INDEX i ON orders (status, at);",
	After: func(p *sqlreview.Pass) {
		for table, i := range indexes(p) {
			for n, k := range i.Keys[:max(len(i.Keys)-1, 0)] {
				c := columnOf(p, table, k.Column)
				if c != nil && slices.Contains([]string{"date", "datetime", "timestamp"}, c.Type) {
					p.Report(i.Pos, "",
						"The index %s of %s has the date %s in front of %s. "+
							"A range of dates cannot use what follows.",
						i.Name, table, k.Column, i.Keys[n+1].Column)
				}
			}
		}
	},
}

// columnOf is a column of the catalog; nil when it is not known.
func columnOf(p *sqlreview.Pass, table ast.Name, name string) *schema.TableColumn {
	if t := p.Table(table); t != nil {
		return t.Column(p.Catalog, name)
	}
	return nil
}
