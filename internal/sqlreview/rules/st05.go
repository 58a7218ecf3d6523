package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st05 = sqlreview.Rule{
	ID:       "ST05",
	Title:    "Function or calculation on an indexed column",
	Why:      "The index of the column does not help, and the whole table is read.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Bad:      "UPDATE users SET seen = true WHERE lower(email) = 'a@b.c';",
	Good:     "UPDATE users SET seen = true WHERE email = 'a@b.c';",
	Check: func(p *sqlreview.Pass) {
		for _, w := range wheres(p) {
			if w == nil {
				continue
			}
			for _, name := range w.Wrapped {
				if index := indexOn(p, name); index != "" {
					p.Report(ast.Position{}, "",
						"The index %s does not help, since the condition computes "+
							"something from the column %s.", index, name)
				}
			}
		}
	},
}

// indexOn is an index that begins with a column of the statement's tables; "" when there is none.
func indexOn(p *sqlreview.Pass, column string) string {
	var tables []ast.Name
	switch s := p.Statement; {
	case s.Update != nil:
		tables = s.Update.Tables
	case s.Delete != nil:
		tables = s.Delete.Tables
	default:
		if q := query(p); q != nil {
			tables = q.Tables
		}
	}
	for _, name := range tables {
		t := p.Table(name)
		if t == nil {
			continue
		}
		for _, i := range t.Indexes {
			if len(i.Columns) > 0 && p.Same(i.Columns[0], column) {
				return i.Name
			}
		}
	}
	return ""
}
