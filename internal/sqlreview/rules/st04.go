package rules

import (
	"towpath/internal/sqlreview"
)

var st04 = sqlreview.Rule{
	ID:       "ST04",
	Title:    "LIKE with a wildcard in front",
	Why:      "No index helps, and the whole table is read.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      "DELETE FROM users WHERE email LIKE '%@example.com';",
	Check: func(p *sqlreview.Pass) {
		for _, w := range wheres(p) {
			if w == nil {
				continue
			}
			for _, at := range w.LeadingWildcard {
				p.Report(at, "", "A pattern that begins with %% reads the whole table.")
			}
		}
	},
}
