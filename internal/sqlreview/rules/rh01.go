package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var rh01 = sqlreview.Rule{
	ID:    "RH01",
	Title: "Statement that fails on a real server",
	Why: "A rehearsal runs the files in a scratch database with the schema of the target. What fails" +
		" there fails in the target too, and there it stops the rollout. Without a rehearsal the rule" +
		" finds nothing.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "INSERT INTO orders (id) VALUES ('x')",
	End: func(p *sqlreview.Pass) {
		if f := p.File.Rehearsed; f != nil {
			p.Report(ast.Position{Line: max(f.Line, 1), Column: max(f.Column, 1)}, "",
				"The rehearsal on %s stopped here: %s", f.Server, f.Why)
		}
	},
}
