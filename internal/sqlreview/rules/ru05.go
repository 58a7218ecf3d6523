package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ru05 = sqlreview.Rule{
	ID:    "RU05",
	Title: "Statement that Towpath does not run",
	Why: "A statement that leaves its database, or that changes how the server reads files, is" +
		" refused before anything of its file runs.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      `\i other.sql`,
	Check: func(p *sqlreview.Pass) {
		if p.Statement.Refuse != "" && p.Statement.Failed == "" && p.Statement.Transaction == nil {
			p.Report(ast.Position{}, "", "%s", p.Statement.Refuse)
		}
	},
}
