package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb05 = sqlreview.Rule{
	ID:       "TB05",
	Title:    "Partitioned table",
	Why:      "A team that does not want to look after partitions wants none.",
	Dialects: servers,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Bad:      "CREATE TABLE events (at date) PARTITION BY RANGE (at);",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.CreateTable; s != nil && s.PartitionBy != "" {
			p.Report(ast.Position{}, "", "Partitions are not wanted here: %s has some.", s.Name)
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				if a.Kind == ast.PartitionBy {
					p.Report(a.Pos, "", "Partitions are not wanted here: %s gets some.", s.Table)
				}
			}
		}
	},
}
