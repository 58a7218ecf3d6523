package rules

import (
	"towpath/internal/sqlreview"
)

var ru02 = sqlreview.Rule{
	ID:    "RU02",
	Title: "Comment that allows nothing",
	Why: "What is allowed once stays allowed when somebody changes the statement. And nobody can" +
		" judge what is allowed without a reason.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad: `-- towpath: allow DS03 because nobody uses it
SELECT 1;`,
	Good: "SELECT 1;",
	Check: func(p *sqlreview.Pass) {
	},
}
