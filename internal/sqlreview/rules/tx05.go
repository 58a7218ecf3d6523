package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tx05 = sqlreview.Rule{
	ID:    "TX05",
	Title: "Statement that cannot be run again",
	Why: "Outside of a transaction a file that fails in the middle has to be run again from " +
		"its start.",
	Dialects: postgres,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad: `-- towpath: no-transaction
CREATE INDEX CONCURRENTLY i ON orders (status);`,
	Good: `-- towpath: no-transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON orders (status);`,
	Check: func(p *sqlreview.Pass) {
		if p.InTransaction() {
			return
		}
		s, missing := p.Statement, ""
		switch {
		case s.CreateTable != nil && !s.CreateTable.IfNotExists:
			missing = "IF NOT EXISTS"
		case s.CreateIndex != nil && !s.CreateIndex.IfNotExists:
			missing = "IF NOT EXISTS"
		case s.CreateSequence != nil && !s.CreateSequence.IfNotExists:
			missing = "IF NOT EXISTS"
		case s.CreateSchema != nil && !s.CreateSchema.IfNotExists:
			missing = "IF NOT EXISTS"
		case s.Drop != nil && !s.Drop.IfExists:
			missing = "IF EXISTS"
		case s.AlterTable != nil:
			missing = again(s.AlterTable)
		}
		if missing != "" {
			p.Report(ast.Position{}, "",
				"Add %s: this file runs outside of a transaction, "+
					"and may have to run again after a failure.", missing)
		}
	},
}

// again is what the first action of an ALTER TABLE lacks to be run twice.
func again(s *ast.AlterTable) string {
	for _, a := range s.Actions {
		switch {
		case a.Kind == ast.AddColumn && !a.IfNotExists:
			return "IF NOT EXISTS"
		case (a.Kind == ast.DropColumn || a.Kind == ast.DropConstraint) && !a.IfExists:
			return "IF EXISTS"
		}
	}
	return ""
}
