package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl04 = sqlreview.Rule{
	ID:       "PL04",
	Title:    "CONCURRENTLY inside of a transaction",
	Why:      "The server refuses the statement.",
	Dialects: postgres,
	Level:    sqlreview.Error,
	Bad: `BEGIN;
CREATE INDEX CONCURRENTLY orders_status ON orders (status);
COMMIT;`,
	Good: `-- towpath: no-transaction
CREATE INDEX CONCURRENTLY orders_status ON orders (status);`,
	Check: func(p *sqlreview.Pass) {
		if !concurrently(p.Statement) {
			return
		}
		if p.OpenTransaction() {
			p.Report(ast.Position{}, noTransaction+"\n"+p.Statement.Text+";",
				"CONCURRENTLY does not run in a transaction, and this file has begun one.")
			return
		}
		if len(p.File.Statements) > 1 && !p.File.NoTransaction {
			p.Report(ast.Position{}, noTransaction+"\n"+p.Statement.Text+";",
				"CONCURRENTLY does not run in a transaction. Put the statement into a file of its own, "+
					"or say no-transaction at the head of this one.")
		}
	},
}

// concurrently reports whether a statement says CONCURRENTLY and so runs outside of transactions.
// REFRESH MATERIALIZED VIEW CONCURRENTLY does not.
func concurrently(s *sqlreview.Text) bool {
	switch {
	case s.CreateIndex != nil:
		return s.CreateIndex.Concurrently
	case s.Drop != nil:
		return s.Drop.Concurrently
	case s.Maintain != nil:
		return s.Maintain.Concurrently && s.Maintain.Verb == "reindex"
	case s.AlterTable != nil:
		return slices.ContainsFunc(s.AlterTable.Actions, func(a ast.Action) bool { return a.Concurrently })
	}
	return false
}
