package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl05 = sqlreview.Rule{
	ID:    "PL05",
	Title: "Index on a partitioned table",
	Why: "The statement builds an index of each partition in one transaction, and all of them " +
		"take no writes until the last one is built.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "CREATE INDEX events_at ON events (at);",
	Good: `CREATE INDEX events_at ON ONLY events (at);
CREATE INDEX CONCURRENTLY events_2026_at ON events_2026 (at);
ALTER INDEX events_at ATTACH PARTITION events_2026_at;`,
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateIndex
		if s == nil || s.Only {
			return
		}
		if t := p.Existing(s.Table); t != nil && t.Partitioned {
			p.Report(ast.Position{}, with(p.Statement.Text, "ON", "ONLY"),
				"All partitions of %s take no writes until the last index is built.", s.Table)
		}
	},
}
