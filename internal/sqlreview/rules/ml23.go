package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml23 = sqlreview.Rule{
	ID:       "ML23",
	Title:    "Table that is large enough for an online tool",
	Why:      "A copy of a large table takes hours, and a replica stands still as long again.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "rows", Default: "5000000", What: "the number of rows from which a tool is better"},
	},
	Bad:  "ALTER TABLE events MODIFY id bigint; -- 80 million rows",
	Good: `gh-ost --table=events --alter="MODIFY id bigint" …`,
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.AlterTable
		if s == nil {
			return
		}
		t := p.Existing(s.Table)
		if t != nil && t.Rows > int64(p.Limit("rows")) && rebuilds(s) {
			p.Report(ast.Position{}, "",
				"The table %s has about %d rows. Change it with gh-ost or pt-online-schema-change, "+
					"or when nobody writes it.", t.Name, t.Rows)
		}
	},
}
