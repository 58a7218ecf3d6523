package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var sy10 = sqlreview.Rule{
	ID:    "SY10",
	Title: "Object that its author may not touch",
	Why: "A team may keep some tables to some people. The rule names the tables, and a person " +
		"decides.",
	Dialects: everywhere,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "", What: "the tables"},
	},
	Bad: "ALTER TABLE payments ADD COLUMN a int;",
	Check: func(p *sqlreview.Pass) {
		list := p.List("list")
		for _, name := range append(changed(p), written(p)...) {
			if slices.Contains(list, strings.ToLower(name.Name)) ||
				slices.Contains(list, strings.ToLower(name.String())) {
				p.Report(ast.Position{}, "", "The table %s has owners who must agree to a change.", name)
			}
		}
	},
}
