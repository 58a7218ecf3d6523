package rules

import (
	"towpath/internal/sqlreview"
)

var cl13 = sqlreview.Rule{
	ID:    "CL13",
	Title: "char with a fixed length",
	Why: "Values are filled up with blanks, which cost space and compare as if they were not " +
		"there.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TABLE countries (code char(2));",
	Good:     "CREATE TABLE countries (code text CHECK (length(code) = 2));",
	Check: func(p *sqlreview.Pass) {
		for t := range typed(p) {
			if t.Name == "char" {
				p.Report(t.pos, p.Quote(t.column)+" text",
					"The column %s of %s is filled up with blanks, which compare as if they were not there.",
					t.column, t.table)
			}
		}
	},
}
