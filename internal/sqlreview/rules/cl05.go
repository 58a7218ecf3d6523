package rules

import (
	"slices"

	"towpath/internal/sqlreview"
)

var cl05 = sqlreview.Rule{
	ID:       "CL05",
	Title:    "Type that is not wanted",
	Why:      "Some types lose values or are going away.",
	Dialects: servers,
	Level:    sqlreview.Error,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "money,xml,abstime,reltime", What: "the types that are not wanted"},
	},
	Bad:  "CREATE TABLE prices (amount money);",
	Good: "CREATE TABLE prices (amount numeric(12, 2));",
	Check: func(p *sqlreview.Pass) {
		list := p.List("list")
		for t := range typed(p) {
			if slices.Contains(list, t.Name) {
				p.Report(t.pos, "", "The column %s of %s has the type %s, which is not wanted here.",
					t.column, t.table, t.Name)
			}
		}
	},
}
