package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st13 = sqlreview.Rule{
	ID:    "ST13",
	Title: "Change of too many rows",
	Why: "A statement that writes many rows holds their locks until its end, and fills the " +
		"log.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{
			Name: "rows", Default: "1000000",
			What: "the number of rows in a table from which batches are better",
		},
	},
	Bad: "UPDATE events SET seen = true WHERE true; -- 40 million rows",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement
		var tables []ast.Name
		switch {
		case s.Update != nil:
			tables = s.Update.Tables
		case s.Delete != nil:
			tables = s.Delete.Tables
		}
		for _, name := range tables {
			if t := p.Existing(name); t != nil && t.Rows > int64(p.Limit("rows")) {
				p.Report(ast.Position{}, "", "The table %s has about %d rows. Write them in batches.",
					name, t.Rows)
			}
		}
	},
}
