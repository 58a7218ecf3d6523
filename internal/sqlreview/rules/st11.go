package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st11 = sqlreview.Rule{
	ID:       "ST11",
	Title:    "INSERT without a list of columns",
	Why:      "A new column makes the statement fail, or puts values into the wrong columns.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Bad:      "INSERT INTO orders VALUES (1, 'new');",
	Good:     "INSERT INTO orders (id, status) VALUES (1, 'new');",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Insert
		if s == nil || len(s.Columns) > 0 || s.Default {
			return
		}
		fix := ""
		if t := p.Table(s.Table); t != nil && !t.Unknown {
			var all []string
			for _, c := range t.Columns {
				all = append(all, c.Name)
			}
			if at := strings.Index(strings.ToUpper(p.Statement.Text), "VALUES"); at > 0 {
				fix = p.Statement.Text[:at] + "(" + quoted(p, all) + ") " + p.Statement.Text[at:] + ";"
			}
		}
		p.Report(ast.Position{}, fix,
			"Name the columns of the table %s, so that a new one breaks nothing.", s.Table)
	},
}
