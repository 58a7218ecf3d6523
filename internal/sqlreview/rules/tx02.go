package rules

import (
	"slices"

	"towpath/internal/sqlreview"
)

var tx02 = sqlreview.Rule{
	ID:       "TX02",
	Title:    "Transaction that is begun and never ended",
	Why:      "What follows BEGIN is undone when the session ends, or stays open with its locks.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad: `BEGIN;
CREATE TABLE a (id int);`,
	Good: `BEGIN;
CREATE TABLE a (id int);
COMMIT;`,
	End: func(p *sqlreview.Pass) {
		if !p.OpenTransaction() {
			return
		}
		for _, t := range slices.Backward(p.File.Statements) {
			if t.Transaction != nil && t.Transaction.Verb == "begin" {
				p.Report(t.Pos, "", "This transaction is never ended. Add COMMIT, or leave BEGIN out.")
				return
			}
		}
	},
}
