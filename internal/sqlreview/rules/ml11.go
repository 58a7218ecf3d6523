package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml11 = sqlreview.Rule{
	ID:       "ML11",
	Title:    "Storage engine of a table",
	Why:      "The server copies the whole table, and nobody writes it meanwhile.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ENGINE = InnoDB;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.SetOptions) {
			if engine, ok := option(a.Options, "engine"); ok {
				p.Report(a.Pos, "", "The whole table %s is written again by the engine %s.", t.Name, engine)
			}
		}
	},
}
