package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ru03 = sqlreview.Rule{
	ID:    "RU03",
	Title: "Statement that no rule can look into",
	Why: "SQL that is put together when it runs, or that is kept in a framework, shows itself " +
		"to the server alone.",
	Dialects: everywhere,
	Level:    sqlreview.Info,
	Bad:      "DO $$ BEGIN EXECUTE text; END $$;",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.Block; s != nil && s.Call == nil {
			p.Report(ast.Position{}, "",
				"What this block does shows when it runs. The rules have not looked into it.")
		}
	},
}
