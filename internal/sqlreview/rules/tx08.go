package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tx08 = sqlreview.Rule{
	ID:       "TX08",
	Title:    "File that is too large to review",
	Why:      "Nobody reads a file of megabytes, and one failure in it undoes all of it.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "kilobytes", Default: "1024", What: "the size that a file may have"},
	},
	Bad: "-- a file of 5 MB",
	End: func(p *sqlreview.Pass) {
		if limit := int64(p.Limit("kilobytes")); limit > 0 && p.File.Size > limit<<10 {
			p.Report(ast.Position{}, "", "This file has %d KB, more than %d KB. Cut it into several files.",
				p.File.Size>>10, limit)
		}
	},
}
