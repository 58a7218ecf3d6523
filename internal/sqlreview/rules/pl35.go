package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl35 = sqlreview.Rule{
	ID:       "PL35",
	Title:    "REFRESH MATERIALIZED VIEW without CONCURRENTLY",
	Why:      "Nobody reads the view while the server computes it again.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "REFRESH MATERIALIZED VIEW totals;",
	Good: `CREATE UNIQUE INDEX totals_customer ON totals (customer_id);
REFRESH MATERIALIZED VIEW CONCURRENTLY totals;`,
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Maintain
		if s == nil || s.Verb != "refresh" || s.Concurrently || len(s.Tables) == 0 {
			return
		}
		view, known := p.Catalog.Object("materialized view", s.Tables[0])
		if (!known && p.Catalog.Complete) || (known && view.Made == p.File) {
			return
		}
		p.Report(ast.Position{}, with(p.Statement.Text, "VIEW", "CONCURRENTLY"),
			"Nobody reads the view %s while it is computed again.", s.Tables[0])
	},
}
