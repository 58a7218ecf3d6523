package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl07 = sqlreview.Rule{
	ID:       "PL07",
	Title:    "ADD PRIMARY KEY that builds its index",
	Why:      "The table takes neither reads nor writes until the index is built.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD PRIMARY KEY (id);",
	Good: `CREATE UNIQUE INDEX CONCURRENTLY orders_pkey ON orders (id);
ALTER TABLE orders ADD CONSTRAINT orders_pkey PRIMARY KEY USING INDEX orders_pkey;`,
	Check: func(p *sqlreview.Pass) {
		if p.Statement.AlterTable == nil || p.Existing(p.Statement.AlterTable.Table) == nil {
			return
		}
		for k := range constraints(p) {
			if k.Kind == ast.PrimaryKey && k.UsingIndex == "" {
				p.Report(k.Pos, keyFromIndex(p, k.table, k.Constraint, k.columns()),
					"The table %s takes neither reads nor writes until the index of "+
						"its primary key is built.", k.table)
			}
		}
	},
}

// keyFromIndex makes a primary key or a unique constraint of an index that is built without a lock.
// https://www.postgresql.org/docs/current/sql-altertable.html
func keyFromIndex(p *sqlreview.Pass, table ast.Name, k ast.Constraint, columns []string) string {
	word, suffix := "UNIQUE", "_key"
	if k.Kind == ast.PrimaryKey {
		word, suffix = "PRIMARY KEY", "_pkey"
	}
	name := k.Name
	if name == "" {
		name = table.Name + suffix
	}
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = p.Quote(c)
	}
	return lines(
		"CREATE UNIQUE INDEX CONCURRENTLY "+p.Quote(name)+" ON "+p.Name(table)+" ("+
			strings.Join(quoted, ", ")+");",
		"-- in a later file:",
		"ALTER TABLE "+p.Name(table)+" ADD CONSTRAINT "+p.Quote(name)+" "+word+" USING INDEX "+
			p.Quote(name)+";",
	)
}
