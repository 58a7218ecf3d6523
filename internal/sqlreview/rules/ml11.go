package rules

import (
	"cmp"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml11 = sqlreview.Rule{
	ID:    "ML11",
	Title: "Storage of a table: engine, format of its rows, versions",
	Why: "The server writes the whole table again. Nobody writes it meanwhile, unless it stays with" +
		" InnoDB.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ENGINE = InnoDB;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.SetOptions, ast.Rebuild, ast.AddVersioning) {
			engine, moves := option(a.Options, "engine")
			format, formatted := rowFormat(a.Options)
			stays := strings.EqualFold(cmp.Or(t.Options["engine"], "innodb"), cmp.Or(engine, "innodb"))
			switch {
			case a.Kind == ast.AddVersioning:
				p.Report(a.Pos, "",
					"The whole table %s is copied to keep the versions of its rows, and nobody writes it meanwhile.",
					t.Name)
			case moves && (!stays || notInstant(p, t).blocks):
				p.Report(a.Pos, "",
					"The whole table %s is written again by the engine %s, and nobody writes it meanwhile.",
					t.Name, engine)
			case moves:
				p.Report(a.Pos, "", "The whole table %s is written again by the engine %s.", t.Name, engine)
			case formatted:
				p.Report(a.Pos, "", "The whole table %s is written again for %s.", t.Name, format)
			case a.Kind == ast.Rebuild:
				p.Report(a.Pos, "", "The whole table %s is written again.", t.Name)
			}
		}
	},
}

// rowFormat is the option that gives rows another format; ok is false where there is none.
func rowFormat(options []ast.Option) (what string, ok bool) {
	for _, name := range []string{
		"row_format", "key_block_size", "page_compressed", "encrypted", "compression",
	} {
		if value, ok := option(options, name); ok {
			return strings.ToUpper(name) + " = " + value, true
		}
	}
	return "", false
}
