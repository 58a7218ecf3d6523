package rules

import (
	"strings"

	"towpath/internal/sqlreview"
)

var cl27 = sqlreview.Rule{
	ID:    "CL27",
	Title: "Column id that is no bigint unsigned",
	Why: "Keys and what refers to them need one type, and 32 bits are used up at four billion " +
		"rows.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE orders (id int PRIMARY KEY, shop_id int);",
	Good:     "CREATE TABLE orders (id bigint unsigned PRIMARY KEY, shop_id bigint unsigned);",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			id := t.column == "id" || strings.HasSuffix(t.column, "_id")
			if id && integer(t.Type) && (t.Name != "bigint" || !t.Unsigned) {
				p.Report(t.pos, p.Quote(t.column)+" bigint unsigned",
					"The column %s of %s should be bigint unsigned.", t.column, t.table)
			}
		}
	},
}
