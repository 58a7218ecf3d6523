package rules

import (
	"towpath/internal/sqlreview"
)

var ml08 = sqlreview.Rule{
	ID:       "ML08",
	Title:    "New FULLTEXT index",
	Why:      "The table takes no writes until the index is built.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE posts ADD FULLTEXT INDEX (body);",
	Check: func(p *sqlreview.Pass) {
		for table, i := range indexes(p) {
			if i.Method == "fulltext" && p.Existing(table) != nil {
				p.Report(i.Pos, "", "The table %s takes no writes until the full-text index is built.", table)
			}
		}
	},
}
