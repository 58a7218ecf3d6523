package rules

import (
	"towpath/internal/sqlreview"
)

var ds10 = sqlreview.Rule{
	ID:    "DS10",
	Title: "Foreign key with ON DELETE CASCADE",
	Why: "Deleting one row deletes rows of other tables, as many as there are, in one " +
		"transaction.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders ON DELETE CASCADE;",
	Good:     "ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders;",
	Check: func(p *sqlreview.Pass) {
		for k := range constraints(p) {
			if k.References != nil && k.References.OnDelete == "cascade" {
				p.Report(k.Pos, "", "Deleting a row of %s will delete its rows of %s without a word.",
					k.References.Table, k.table)
			}
		}
	},
}
