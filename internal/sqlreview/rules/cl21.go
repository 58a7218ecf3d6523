package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var cl21 = sqlreview.Rule{
	ID:    "CL21",
	Title: "First value of an auto-increment column",
	Why: "A table that begins elsewhere than at 1 was copied from somewhere, with a number " +
		"that is no part of the schema.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "value", Default: "1", What: "the first value that is wanted"},
	},
	Bad:  "CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 1001;",
	Good: "CREATE TABLE orders (id bigint AUTO_INCREMENT PRIMARY KEY);",
	Check: func(p *sqlreview.Pass) {
		for table, o := range options(p) {
			if o.Name == "auto_increment" && o.Value != p.Setting("value") {
				p.Report(ast.Position{}, "", "The first value of the table %s is %s. It should be %s.",
					table, o.Value, p.Setting("value"))
			}
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				if a.Kind == ast.AutoIncrementTo && a.Name != p.Setting("value") {
					p.Report(a.Pos, "", "The next value of the table %s is %s. It should be %s.",
						s.Table, a.Name, p.Setting("value"))
				}
			}
		}
	},
}
