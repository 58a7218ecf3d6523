package rules

import (
	"towpath/internal/sqlreview"
)

var nm11 = sqlreview.Rule{
	ID:       "NM11",
	Title:    "Reserved word as a name",
	Why:      "Each statement that forgets the quotes fails, also those that tools write.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      `CREATE TABLE "order" (id int);`,
	Good:     "CREATE TABLE orders (id int);",
	Check: func(p *sqlreview.Pass) {
		for n := range named(p) {
			if sqlreview.Reserved(p.Server.Dialect, n.name) {
				p.Report(n.pos, "",
					"The name %s of the %s is a reserved word, and needs quotes in each statement.",
					n.name, n.kind)
			}
		}
	},
}
