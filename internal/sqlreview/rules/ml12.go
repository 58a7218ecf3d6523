package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml12 = sqlreview.Rule{
	ID:       "ML12",
	Title:    "Partitioning added, removed or spread in another way",
	Why:      "The server copies the table or the partitions, and nobody writes it meanwhile.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE events PARTITION BY HASH (id) PARTITIONS 8;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.PartitionBy, ast.RemovePartitioning) {
			p.Report(a.Pos, "",
				"The whole table %s is copied into its new partitions, and nobody writes it meanwhile.",
				t.Name)
		}
		for t, a := range actions(p, ast.AddPartition, ast.OtherAction) {
			switch {
			case a.Kind == ast.AddPartition && a.Name == "hash", a.Name == "coalesce partition":
				p.Report(a.Pos, "",
					"The rows of the whole table %s are written again for their new partitions, and nobody writes it "+
						"meanwhile.", t.Name)
			case slices.Contains([]string{
				"reorganize partition", "rebuild partition", "optimize partition",
			}, a.Name):
				p.Report(a.Pos, "",
					"The partitions %s of the table %s are written again, and nobody writes it meanwhile.",
					strings.Join(a.Names, ", "), t.Name)
			}
		}
	},
}
