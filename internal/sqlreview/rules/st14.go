package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st14 = sqlreview.Rule{
	ID:    "ST14",
	Title: "Rows that the statement cannot write",
	Why: "The server ends the statement with an error: a column is missing, or too few values " +
		"are given.",
	Dialects: servers,
	Level:    sqlreview.Error,
	Bad:      "INSERT INTO orders (id, status) VALUES (1);",
	After: func(p *sqlreview.Pass) {
		s := p.Statement
		if s.Insert == nil && s.Update == nil && s.Delete == nil {
			return
		}
		for _, problem := range p.Problems {
			p.Report(problem.Pos, "", "The server refuses this: %s", problem.Message)
		}
		if s.Insert != nil && s.Insert.Values > 0 && len(s.Insert.Columns) > 0 &&
			s.Insert.Values != len(s.Insert.Columns) {
			p.Report(ast.Position{}, "", "The server refuses this: %d columns and %d values.",
				len(s.Insert.Columns), s.Insert.Values)
		}
	},
}
