package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds11 = sqlreview.Rule{
	ID:       "DS11",
	Title:    "Drop or truncation of a partition",
	Why:      "All rows of the partition are gone.",
	Dialects: mysql,
	Level:    sqlreview.Error,
	Bad:      "ALTER TABLE events DROP PARTITION p2024;",
	Good:     "ALTER TABLE events EXCHANGE PARTITION p2024 WITH TABLE events_2024;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropPartition, ast.TruncatePartition) {
			p.Report(a.Pos, "", "This removes all rows of the partition %s of the table %s.",
				strings.Join(a.Names, ", "), t.Name)
		}
	},
}
