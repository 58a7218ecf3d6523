package rules

import (
	"towpath/internal/sqlreview"
)

var dd05 = sqlreview.Rule{
	ID:    "DD05",
	Title: "Statement that does not fit the schema",
	Why: "The server ends the statement with an error: what it names is missing, or there " +
		"already.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "ALTER TABLE orders DROP COLUMN nowhere;",
	After: func(p *sqlreview.Pass) {
		if p.File.Repairs { // the server compares the whole schema before the first statement
			return
		}
		for _, problem := range p.Problems {
			p.Report(problem.Pos, "", "%s", problem.Message)
		}
	},
}
