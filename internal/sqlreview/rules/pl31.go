package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl31 = sqlreview.Rule{
	ID:    "PL31",
	Title: "No limit for the time of a statement",
	Why: "A statement that takes longer than planned holds its locks until somebody notices. " +
		"Towpath sets a limit for each file; a file that is run by hand has none.",
	Dialects: servers,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "UPDATE orders SET status = 'new';",
	Good: `SET statement_timeout = '10min';
UPDATE orders SET status = 'new';`,
	Check: func(p *sqlreview.Pass) {
		if p.File.Timeout || !(locks(p) || p.Statement.Update != nil || p.Statement.Delete != nil) {
			return
		}
		for _, t := range p.Earlier() {
			if (t.Set != nil &&
				strings.HasSuffix(strings.TrimPrefix(t.Set.Name, "max_"), "statement_time")) ||
				(t.Set != nil && (t.Set.Name == "statement_timeout" || t.Set.Name == "max_execution_time")) {
				return
			}
			if locksAt(t) || t.Update != nil || t.Delete != nil {
				return // told at the first one
			}
		}
		fix := "SET statement_timeout = '10min';"
		switch {
		case p.Server.MariaDB:
			fix = "SET max_statement_time = 600;"
		case p.Server.Dialect == sqlreview.MySQL:
			fix = "" // it has a limit for SELECT alone
		}
		p.Report(ast.Position{}, fix,
			"Where Towpath does not run it, this runs without an end, and holds its locks.")
	},
}
