package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl25 = sqlreview.Rule{
	ID:    "PL25",
	Title: "REPLICA IDENTITY FULL or NOTHING",
	Why: "With FULL each change of a row sends all of the row to subscribers, and with NOTHING" +
		" updates fail where the table is published.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders REPLICA IDENTITY FULL;",
	Good:     "ALTER TABLE orders REPLICA IDENTITY USING INDEX orders_pkey;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ReplicaIdentity) {
			switch a.Name {
			case "full":
				p.Report(a.Pos, "",
					"Each update of the table %s will send its whole old row to subscribers.", t.Name)
			case "nothing":
				p.Report(a.Pos, "",
					"Updates and deletes of the table %s will fail where it is published.", t.Name)
			}
		}
	},
}
