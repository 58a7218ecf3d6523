package rules

import (
	"cmp"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var co01 = sqlreview.Rule{
	ID:       "CO01",
	Title:    "Rename of a table",
	Why:      "Programs that run now use the old name, and fail until all of them are deployed.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders RENAME TO purchases;",
	Good: `ALTER TABLE orders RENAME TO purchases;
CREATE VIEW orders AS SELECT * FROM purchases;`,
	Check: func(p *sqlreview.Pass) {
		report := func(at ast.Position, from, to ast.Name) {
			if p.Existing(from) == nil || strings.HasSuffix(to.Name, retired) {
				return
			}
			p.Report(at,
				lines(strings.TrimSuffix(p.Statement.Text, ";")+";",
					"CREATE VIEW "+p.Name(from)+" AS SELECT * FROM "+p.Name(to)+";"),
				"Programs that use the table %s fail until they use %s.", from, to)
		}
		for t, a := range actions(p, ast.RenameTable) {
			report(a.Pos, t.Name, ast.Name{Schema: cmp.Or(a.NewSchema, t.Name.Schema), Name: a.NewName})
		}
		if s := p.Statement.Rename; s != nil && s.Kind == "table" {
			for _, pair := range s.Pairs {
				report(ast.Position{}, pair.From, pair.To)
			}
		}
	},
}
