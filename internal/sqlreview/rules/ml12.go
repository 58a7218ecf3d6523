package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml12 = sqlreview.Rule{
	ID:       "ML12",
	Title:    "Partitioning added or removed",
	Why:      "The server copies the whole table, and nobody writes it meanwhile.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE events PARTITION BY HASH (id) PARTITIONS 8;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.PartitionBy, ast.RemovePartitioning) {
			p.Report(a.Pos, "",
				"The whole table %s is copied into its new partitions, and nobody writes it meanwhile.",
				t.Name)
		}
	},
}
