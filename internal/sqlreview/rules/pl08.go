package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl08 = sqlreview.Rule{
	ID:    "PL08",
	Title: "Primary key over columns that take NULL",
	Why: "The server reads the whole table under an exclusive lock to see that no value is " +
		"NULL.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD PRIMARY KEY (id); -- id takes NULL",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.AlterTable
		if s == nil {
			return
		}
		t := p.Existing(s.Table)
		if t == nil {
			return
		}
		for k := range constraints(p) {
			if k.Kind != ast.PrimaryKey || k.column != "" {
				continue
			}
			columns := k.columns()
			if i := t.Index(p.Catalog, k.UsingIndex); i != nil {
				columns = i.Columns
			}
			for _, name := range columns {
				if c := t.Column(p.Catalog, name); c != nil && !c.NotNull && !proven(t, name) {
					p.Report(k.Pos, setNotNull(p, t.Name, name),
						"The column %s of the table %s takes NULL, so the whole table is read "+
							"under an exclusive lock.", name, t.Name)
				}
			}
		}
	},
}
