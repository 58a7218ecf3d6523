package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st01 = sqlreview.Rule{
	ID:       "ST01",
	Title:    "UPDATE or DELETE without WHERE",
	Why:      "Every row of the table is written or removed, with a lock on each.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "DELETE FROM orders;",
	Good:     "DELETE FROM orders WHERE created_at < '2020-01-01';",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement
		var tables []ast.Name
		var where *ast.Where
		word := "UPDATE"
		switch {
		case s.Update != nil:
			tables, where = s.Update.Tables, s.Update.Where
		case s.Delete != nil:
			tables, where, word = s.Delete.Tables, s.Delete.Where, "DELETE"
		default:
			return
		}
		if where != nil && !where.Always {
			return
		}
		for _, name := range tables {
			if p.Existing(name) != nil {
				p.Report(ast.Position{}, "",
					"This %s has no condition, and is about every row of the table %s.", word, name)
				return
			}
		}
	},
}
