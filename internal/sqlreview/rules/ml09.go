package rules

import (
	"towpath/internal/sqlreview"
)

var ml09 = sqlreview.Rule{
	ID:       "ML09",
	Title:    "New SPATIAL index",
	Why:      "The table takes no writes until the index is built.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE posts ADD SPATIAL INDEX (place);",
	Check: func(p *sqlreview.Pass) {
		for table, i := range indexes(p) {
			if i.Method == "spatial" && p.Existing(table) != nil {
				p.Report(i.Pos, "", "The table %s takes no writes until the spatial index is built.", table)
			}
		}
	},
}
