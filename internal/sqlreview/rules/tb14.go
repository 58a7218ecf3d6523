package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb14 = sqlreview.Rule{
	ID:       "TB14",
	Title:    "Text columns that are too long together",
	Why:      "A row of more than 65,535 bytes is refused, and a long one is kept in several pages.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "16000", What: "how many characters the columns may have together"},
	},
	Bad: "CREATE TABLE a (b varchar(10000), c varchar(10000));",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateTable
		if s == nil {
			return
		}
		sum := 0
		for _, c := range s.Columns {
			if c.Type.Name == "varchar" || c.Type.Name == "char" {
				sum += number(c.Type.Args)
			}
		}
		if limit := p.Limit("limit"); limit > 0 && sum > limit {
			p.Report(ast.Position{}, "",
				"The text columns of the table %s have %d characters together, more than %d.",
				s.Name, sum, limit)
		}
	},
}
