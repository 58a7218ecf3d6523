package rules

import (
	"towpath/internal/sqlreview"
)

var ru02 = sqlreview.Rule{
	ID:       "RU02",
	Title:    "Comment that allows what is not there",
	Why:      "What is allowed once stays allowed when somebody changes the statement.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad: `-- towpath: allow DS03
SELECT 1;`,
	Good: "SELECT 1;",
	Check: func(p *sqlreview.Pass) {
	},
}
