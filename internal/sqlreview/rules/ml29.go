package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml29 = sqlreview.Rule{
	ID:    "ML29",
	Title: "Offline change of an OceanBase table",
	Why: "OceanBase takes no writes during an offline change. Towpath cannot tell it from " +
		"MySQL, so the rule asks for a look.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Bad:      "ALTER TABLE orders MODIFY id bigint;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn, ast.DropPrimaryKey, ast.PartitionBy, ast.DropColumn) {
			p.Report(a.Pos, "", "On OceanBase this change of the table %s is offline.", t.Name)
		}
	},
}
