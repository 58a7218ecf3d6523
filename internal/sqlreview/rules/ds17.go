package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds17 = sqlreview.Rule{
	ID:    "DS17",
	Title: "Drop of an index that is visible",
	Why: "When a query needs the index after all, building it again takes long. An invisible " +
		"index comes back at once.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "DROP INDEX by_status ON orders;",
	Good: `ALTER TABLE orders ALTER INDEX by_status INVISIBLE;
-- Drop it in a later change.`,
	Check: func(p *sqlreview.Pass) {
		word := "INVISIBLE"
		if p.Server.MariaDB {
			word = "IGNORED"
		}
		drop := func(at ast.Position, table ast.Name, name string) {
			t := p.Existing(table)
			if t == nil {
				return
			}
			if i := t.Index(p.Catalog, name); i != nil && i.Invisible {
				return
			}
			p.Report(at, "ALTER TABLE "+p.Name(table)+" ALTER INDEX "+p.Quote(name)+" "+word+";",
				"Hide the index %s of the table %s from queries first, and drop it when none has missed it.",
				name, table)
		}
		if s := p.Statement.Drop; s != nil && s.Kind == "index" && s.On != nil {
			drop(ast.Position{}, *s.On, s.Names[0].Name)
		}
		for t, a := range actions(p, ast.DropIndex) {
			drop(a.Pos, t.Name, a.Name)
		}
	},
}
