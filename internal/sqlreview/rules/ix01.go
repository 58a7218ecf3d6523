package rules

import (
	"strings"

	"towpath/internal/sqlreview"
)

var ix01 = sqlreview.Rule{
	ID:       "IX01",
	Title:    "Column twice in an index",
	Why:      "The second one costs space, and MySQL refuses the statement.",
	Dialects: servers,
	Level:    sqlreview.Error,
	Bad:      "CREATE INDEX i ON orders (status, status);",
	Good:     "CREATE INDEX i ON orders (status);",
	Check: func(p *sqlreview.Pass) {
		for table, i := range indexes(p) {
			seen := map[string]bool{}
			for _, k := range i.Keys {
				if k.Column == "" {
					continue
				}
				if seen[strings.ToLower(k.Column)] {
					p.Report(i.Pos, "", "The index %s of %s has the column %s twice.",
						i.Name, table, k.Column)
					break
				}
				seen[strings.ToLower(k.Column)] = true
			}
		}
	},
}
