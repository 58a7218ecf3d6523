package rules

import (
	"slices"
	"strings"

	"towpath/internal/sqlreview"
)

var ix06 = sqlreview.Rule{
	ID:       "IX06",
	Title:    "Kind of an index",
	Why:      "A hash helps equality alone, and most engines make a tree of it in silence.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "btree,fulltext,spatial", What: "the kinds that are wanted"},
	},
	Bad:  "CREATE INDEX i ON orders (status) USING HASH;",
	Good: "CREATE INDEX i ON orders (status);",
	Check: func(p *sqlreview.Pass) {
		for table, i := range indexes(p) {
			if i.Method != "" && !slices.Contains(p.List("list"), strings.ToLower(i.Method)) {
				p.Report(i.Pos, "", "The index %s of %s is of the kind %s. Use one of: %s.",
					i.Name, table, i.Method, p.Setting("list"))
			}
		}
	},
}
