package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml06 = sqlreview.Rule{
	ID:    "ML06",
	Title: "Primary key dropped without a new one",
	Why: "The server copies the whole table, and replication by rows reads all of it for each " +
		"change.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders DROP PRIMARY KEY;",
	Good:     "ALTER TABLE orders DROP PRIMARY KEY, ADD PRIMARY KEY (id, region);",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropPrimaryKey) {
			if _, adds := dropsKey(p.Statement.AlterTable); !adds {
				p.Report(a.Pos, "",
					"The whole table %s is copied, and has no primary key afterwards.", t.Name)
			}
		}
	},
}
