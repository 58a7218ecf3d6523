package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var cl18 = sqlreview.Rule{
	ID:    "CL18",
	Title: "Display width of an integer",
	Why: "The width changes nothing but what some old clients show, and newer servers warn of " +
		"it.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TABLE orders (id int(11) PRIMARY KEY);",
	Good:     "CREATE TABLE orders (id int PRIMARY KEY);",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if integer(t.Type) && len(t.Args) > 0 && !t.Zerofill &&
				(t.Name != "tinyint" || t.Args[0] != "1") {
				p.Report(t.pos, "", "The width of the column %s of %s does nothing. Write %s.",
					t.column, t.table, t.Name)
			}
		}
	},
}

func integer(t ast.Type) bool {
	return slices.Contains([]string{"tinyint", "smallint", "mediumint", "integer", "bigint"}, t.Name)
}
