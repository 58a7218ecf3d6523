package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl18 = sqlreview.Rule{
	ID:    "PL18",
	Title: "New column with a default on an old server",
	Why: "Before version 11 the server writes the whole table again for a default, and nobody " +
		"reads or writes it meanwhile.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN status text DEFAULT 'new';",
	Good: `ALTER TABLE orders ADD COLUMN status text;
ALTER TABLE orders ALTER COLUMN status SET DEFAULT 'new';`,
	Check: func(p *sqlreview.Pass) {
		if !p.Server.Version.Before(11, 0, 0) {
			return
		}
		for t, a := range actions(p, ast.AddColumn) {
			if a.Column != nil && a.Column.Default != nil && !a.Column.Default.Null {
				p.Report(a.Pos, "",
					"PostgreSQL %s writes the whole table %s again for the default of the column %s.",
					p.Server.Version, t.Name, a.Column.Name)
			}
		}
	},
}
