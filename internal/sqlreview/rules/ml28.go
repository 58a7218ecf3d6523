package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml28 = sqlreview.Rule{
	ID:    "ML28",
	Title: "New column with an expression as its default",
	Why: "The server copies the whole table to give each row its value, and statements that it" +
		" cannot replay stop replication.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN token char(36) DEFAULT (uuid());",
	Good: `ALTER TABLE orders ADD COLUMN token char(36);
ALTER TABLE orders ALTER COLUMN token SET DEFAULT (uuid());`,
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddColumn) {
			c := a.Column
			if c == nil || c.Default == nil || c.Default.Const || current(c.Default) {
				continue
			}
			p.Report(a.Pos, lines(
				"ALTER TABLE "+p.Name(t.Name)+" ADD COLUMN "+p.Quote(c.Name)+" "+typeText(c.Type)+";",
				"ALTER TABLE "+p.Name(t.Name)+" ALTER COLUMN "+p.Quote(c.Name)+" SET DEFAULT ("+
					strings.Trim(c.Default.Text, "()")+");",
			), "The whole table %s is copied to give each row its own %s.", t.Name, c.Name)
		}
	},
}

// current reports whether a default is the time of the statement.
func current(e *ast.Expr) bool {
	return len(e.Functions) == 1 && slices.Contains([]string{
		"current_timestamp", "now", "localtime", "localtimestamp", "curdate", "current_date",
	}, e.Functions[0])
}
