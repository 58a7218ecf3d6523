package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl06 = sqlreview.Rule{
	ID:       "PL06",
	Title:    "DETACH PARTITION without CONCURRENTLY",
	Why:      "The partitioned table is locked against reads and writes.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE events DETACH PARTITION events_2024;",
	Good:     "ALTER TABLE events DETACH PARTITION events_2024 CONCURRENTLY;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DetachPartition) {
			if a.Concurrently || p.Server.Version.Before(14, 0, 0) {
				continue
			}
			p.Report(a.Pos,
				"ALTER TABLE "+p.Name(t.Name)+" DETACH PARTITION "+
					p.Name(ast.Name{Schema: a.NewSchema, Name: a.NewName})+" CONCURRENTLY;",
				"Detaching %s locks the table %s against reads and writes.", a.NewName, t.Name)
		}
	},
}
