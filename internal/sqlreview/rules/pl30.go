package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl30 = sqlreview.Rule{
	ID:    "PL30",
	Title: "No limit for the wait for a lock",
	Why: "A statement that waits for a lock keeps everybody behind it waiting too. Towpath " +
		"sets a limit for each file; a file that is run by hand has none.",
	Dialects: servers,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN note text;",
	Good: `SET lock_timeout = '5s';
ALTER TABLE orders ADD COLUMN note text;`,
	Check: func(p *sqlreview.Pass) {
		if p.File.LockTimeout || !locks(p) {
			return
		}
		for _, t := range p.Earlier() {
			if t.Set != nil && (t.Set.Name == "lock_timeout" || t.Set.Name == "lock_wait_timeout") {
				return
			}
			if t.NotAnalyzed == "" && locksAt(t) {
				return // told at the first one
			}
		}
		fix := "SET lock_timeout = '5s';"
		if p.Server.Dialect == sqlreview.MySQL {
			fix = "SET lock_wait_timeout = 5;"
		}
		p.Report(ast.Position{}, fix,
			"Where Towpath does not run it, this waits for its lock without an end, and everybody behind it.")
	},
}

// locks reports whether a statement takes a strong lock of a table that others may use.
func locks(p *sqlreview.Pass) bool {
	s := p.Statement
	switch {
	case s.AlterTable != nil:
		return p.Existing(s.AlterTable.Table) != nil
	case s.CreateIndex != nil:
		return p.Existing(s.CreateIndex.Table) != nil && !s.CreateIndex.Concurrently
	case s.Drop != nil:
		return s.Drop.Kind == "table" && p.Existing(s.Drop.Names[0]) != nil
	case s.Truncate != nil:
		return true
	}
	return false
}

// locksAt is locks for a statement that is over.
func locksAt(t sqlreview.Text) bool {
	return t.AlterTable != nil || t.Truncate != nil || (t.Drop != nil && t.Drop.Kind == "table") ||
		(t.CreateIndex != nil && !t.CreateIndex.Concurrently)
}
