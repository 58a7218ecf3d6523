package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml20 = sqlreview.Rule{
	ID:       "ML20",
	Title:    "Inline REFERENCES that has no effect",
	Why:      "MySQL reads REFERENCES at a column and makes no foreign key of it.",
	Dialects: mysql,
	Level:    sqlreview.Error,
	Bad:      "CREATE TABLE items (order_id bigint REFERENCES orders (id));",
	Good:     "CREATE TABLE items (order_id bigint, FOREIGN KEY (order_id) REFERENCES orders (id));",
	Check: func(p *sqlreview.Pass) {
		if p.Server.MariaDB && (p.Statement.CreateTable != nil || !p.Server.Version.Before(10, 5, 0)) {
			return // MariaDB makes the key
		}
		for k := range constraints(p) {
			if k.Kind == ast.ForeignKey && k.column != "" {
				p.Report(k.Pos, "FOREIGN KEY ("+p.Quote(k.column)+") REFERENCES "+p.Name(k.References.Table)+
					" ("+quoted(p, k.References.Columns)+")",
					"MySQL makes no foreign key of REFERENCES at the column %s of the table %s. "+
						"Write FOREIGN KEY.", k.column, k.table)
			}
		}
	},
}
