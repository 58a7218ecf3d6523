package rules

import (
	"towpath/internal/sqlreview"
)

var ix02 = sqlreview.Rule{
	ID:       "IX02",
	Title:    "Too many columns in an index",
	Why:      "Each column makes the index larger, and those behind the third are seldom used.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "5", What: "how many columns an index may have"},
	},
	Bad: "CREATE INDEX i ON orders (a, b, c, d, e, f);",
	Check: func(p *sqlreview.Pass) {
		for table, i := range indexes(p) {
			if limit := p.Limit("limit"); limit > 0 && len(i.Keys) > limit {
				p.Report(i.Pos, "", "The index %s of %s has %d columns, more than %d.",
					i.Name, table, len(i.Keys), limit)
			}
		}
	},
}
