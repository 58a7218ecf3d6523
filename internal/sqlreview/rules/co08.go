package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var co08 = sqlreview.Rule{
	ID:    "CO08",
	Title: "Table that is dropped and made again",
	Why: "The rows are gone, with the rights, the triggers and the foreign keys of the old " +
		"table.",
	Dialects: servers,
	Level:    sqlreview.Error,
	Bad: `DROP TABLE IF EXISTS orders;
CREATE TABLE orders (id bigint PRIMARY KEY);`,
	Good: "ALTER TABLE orders ADD COLUMN …;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateTable
		if s == nil {
			return
		}
		if s.OrReplace && p.Existing(s.Name) != nil {
			p.Report(ast.Position{}, "",
				"OR REPLACE drops the table %s with its rows first. Change it with ALTER TABLE.", s.Name)
			return
		}
		for _, t := range p.Earlier() {
			if t.Drop != nil && t.Drop.Kind == "table" && slices.Contains(t.Drop.Names, s.Name) {
				p.Report(ast.Position{}, "",
					"The table %s is dropped above and made again, without its rows. "+
						"Change it with ALTER TABLE.", s.Name)
				return
			}
		}
	},
}
