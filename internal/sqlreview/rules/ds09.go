package rules

import (
	"regexp"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ds09 = sqlreview.Rule{
	ID:    "DS09",
	Title: "DROP … CASCADE",
	Why: "Views, foreign keys and functions that depend on the object go with it, and nobody " +
		"lists them.",
	Dialects: postgres,
	Level:    sqlreview.Error,
	Bad:      "DROP TABLE orders CASCADE;",
	Good: `DROP VIEW order_totals;
DROP TABLE orders;`,
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.Drop; s != nil && s.Cascade && s.Kind != "schema" {
			p.Report(ast.Position{}, strings.TrimSpace(cascade.ReplaceAllString(p.Statement.Text, ""))+";",
				"CASCADE removes everything that depends on the %s %s. Drop what depends on it by name.",
				s.Kind, s.Names[0])
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				if a.Cascade && (a.Kind == ast.DropColumn || a.Kind == ast.DropConstraint) {
					p.Report(a.Pos, "", "CASCADE removes everything that depends on %s of the table %s.",
						a.Name, s.Table)
				}
			}
		}
	},
}

var cascade = regexp.MustCompile(`(?i)\bCASCADE\s*$`)
