package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml10 = sqlreview.Rule{
	ID:    "ML10",
	Title: "Character set of a table",
	Why: "CONVERT TO copies the whole table; without it, columns that are there keep their old" +
		" character set.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ConvertCharset, ast.SetOptions) {
			charset, ok := option(a.Options, "charset")
			if collate, has := option(a.Options, "collate"); has && !ok {
				charset, ok = collate, true
			}
			if !ok {
				continue
			}
			if a.Kind == ast.ConvertCharset {
				p.Report(a.Pos, "", "The whole table %s is copied to %s, and nobody writes it meanwhile.",
					t.Name, charset)
				continue
			}
			p.Report(a.Pos, "ALTER TABLE "+p.Name(t.Name)+" CONVERT TO CHARACTER SET "+charset+";",
				"The table %s gets %s for new columns. "+
					"Its columns keep their character set until CONVERT TO copies the table.",
				t.Name, charset)
		}
	},
}
