package rules

import (
	"towpath/internal/sqlreview"
)

var st06 = sqlreview.Rule{
	ID:       "ST06",
	Title:    "Comparison with NULL by =",
	Why:      "The comparison is never true, so the statement does nothing.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "DELETE FROM orders WHERE note = NULL;",
	Good:     "DELETE FROM orders WHERE note IS NULL;",
	Check: func(p *sqlreview.Pass) {
		for _, w := range wheres(p) {
			if w == nil {
				continue
			}
			for _, at := range w.EqualNull {
				p.Report(at, "", "Nothing is equal to NULL. Write IS NULL or IS NOT NULL.")
			}
		}
	},
}
