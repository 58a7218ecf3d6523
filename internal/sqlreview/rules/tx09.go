package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tx09 = sqlreview.Rule{
	ID:       "TX09",
	Title:    "No way back",
	Why:      "A team may want a file for the way back beside each file.",
	Dialects: everywhere,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Warning,
	Bad:      "-- V4__drop.sql without U4__drop.sql",
	End: func(p *sqlreview.Pass) {
		if p.File.NoUndo {
			p.Report(ast.Position{}, "", "There is no file for the way back beside this one.")
		}
	},
}
