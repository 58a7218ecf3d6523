package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl24 = sqlreview.Rule{
	ID:       "PL24",
	Title:    "VACUUM FULL or CLUSTER",
	Why:      "The server writes the whole table again, and nobody reads or writes it meanwhile.",
	Dialects: postgres,
	Level:    sqlreview.Error,
	Bad:      "VACUUM FULL orders;",
	Good: `VACUUM orders;
-- or pg_repack, which takes short locks`,
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Maintain
		if s == nil || (s.Verb != "cluster" && (s.Verb != "vacuum" || !s.Full)) {
			return
		}
		name := "each table of the database"
		if len(s.Tables) > 0 {
			name = "the table " + s.Tables[0].String()
		}
		p.Report(ast.Position{}, "", "This writes %s again, and nobody reads or writes it meanwhile.", name)
	},
}
