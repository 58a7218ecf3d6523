package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st15 = sqlreview.Rule{
	ID:       "ST15",
	Title:    "Column that is set twice",
	Why:      "The server refuses the statement, or takes one of the values.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "UPDATE orders SET a = 1, a = 2;",
	Good:     "UPDATE orders SET a = 2;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.Update; s != nil {
			twice(p, s.Set, "This UPDATE sets the column %s twice.")
		}
		if s := p.Statement.Insert; s != nil {
			twice(p, s.Columns, "This INSERT names the column %s twice.")
		}
	},
}

func twice(p *sqlreview.Pass, columns []string, message string) {
	for i, c := range columns {
		if has(p, columns[:i], c) {
			p.Report(ast.Position{}, "", message, c)
			return
		}
	}
}
