package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl26 = sqlreview.Rule{
	ID:       "PL26",
	Title:    "Autovacuum switched off for a table",
	Why:      "Dead rows stay, the table grows, and in the end the server must stop to clean up.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders SET (autovacuum_enabled = false);",
	Good:     "ALTER TABLE orders SET (autovacuum_vacuum_scale_factor = 0.01);",
	Check: func(p *sqlreview.Pass) {
		off := func(options []ast.Option) bool {
			value, ok := option(options, "autovacuum_enabled")
			value = strings.ToLower(strings.Trim(value, "'"))
			return ok && slices.Contains([]string{"false", "off", "0", "no", "f"}, value)
		}
		const message = "Without autovacuum the table %s keeps its dead rows and grows."
		if s := p.Statement.CreateTable; s != nil && off(s.Options) {
			p.Report(ast.Position{}, "", message, s.Name)
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				if a.Kind == ast.SetOptions && off(a.Options) {
					p.Report(a.Pos, "", message, s.Table)
				}
			}
		}
	},
}
