package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var sy08 = sqlreview.Rule{
	ID:       "SY08",
	Title:    "SET ROLE that does not come first",
	Why:      "What stands before it belongs to another role.",
	Dialects: postgres,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad: `CREATE TABLE a (id int);
SET ROLE shop;`,
	Good: `SET ROLE shop;
CREATE TABLE a (id int);`,
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Set
		if s == nil || s.Name != "role" {
			return
		}
		for _, t := range p.Earlier() {
			if t.Set == nil && t.Transaction == nil {
				p.Report(ast.Position{}, "",
					"Put SET ROLE %s before everything else, or set the role of the database in Towpath.",
					s.Value)
				return
			}
		}
	},
}
