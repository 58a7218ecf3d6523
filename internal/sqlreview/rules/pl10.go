package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl10 = sqlreview.Rule{
	ID:       "PL10",
	Title:    "ADD UNIQUE that builds its index",
	Why:      "The table takes neither reads nor writes until the index is built.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE users ADD UNIQUE (email);",
	Good: `CREATE UNIQUE INDEX CONCURRENTLY users_email_key ON users (email);
ALTER TABLE users ADD CONSTRAINT users_email_key UNIQUE USING INDEX users_email_key;`,
	Check: func(p *sqlreview.Pass) {
		if p.Statement.AlterTable == nil || p.Existing(p.Statement.AlterTable.Table) == nil {
			return
		}
		for k := range constraints(p) {
			if k.Kind == ast.Unique && k.UsingIndex == "" {
				p.Report(k.Pos, keyFromIndex(p, k.table, k.Constraint, k.columns()),
					"The table %s takes neither reads nor writes until the index of "+
						"the constraint is built.", k.table)
			}
		}
	},
}
