package rules

import (
	"towpath/internal/sqlreview"
)

var ru01 = sqlreview.Rule{
	ID:       "RU01",
	Title:    "Syntax error",
	Why:      "No server reads the statement.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "CREATE TABEL orders (id int);",
	Good:     "CREATE TABLE orders (id int);",
	Check: func(p *sqlreview.Pass) {
		if p.Statement.Failed != "" {
			p.Report(p.Statement.FailedAt, "", "%s", p.Statement.Failed)
		}
	},
}
