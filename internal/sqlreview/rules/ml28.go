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
			if c == nil || c.Default == nil || c.Default.Const || current(c.Default) ||
				sameForAll(p, c.Default) {
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

// sameForAll reports whether MariaDB computes a default once for all rows that are there.
func sameForAll(p *sqlreview.Pass, e *ast.Expr) bool {
	return p.Server.MariaDB && len(e.Columns) == 0 && !e.Subquery &&
		!slices.ContainsFunc(e.Functions, func(name string) bool {
			return !slices.Contains(computedOnce, name)
		})
}

// computedOnce are functions whose value MariaDB takes for the same in all rows of a statement. rand is
// among them, since it goes by the session.
var computedOnce = []string{
	"abs", "cast", "ceil", "ceiling", "char_length", "coalesce", "concat", "concat_ws", "connection_id", "convert",
	"curdate", "current_date", "current_time", "current_timestamp", "current_user", "curtime", "database", "date",
	"date_add", "date_format", "date_sub", "day", "floor", "from_unixtime", "greatest", "hex", "if", "ifnull",
	"json_array", "json_object", "last_day", "least", "left", "length", "localtime", "localtimestamp", "lower",
	"lpad", "md5", "mod", "month", "now", "nullif", "pi", "pow", "power", "rand", "repeat", "replace", "right",
	"round", "rpad", "schema", "session_user", "sha1", "sha2", "sign", "sqrt", "str_to_date", "substr",
	"substring", "system_user", "time", "timestamp", "timestampadd", "trim", "truncate", "unhex",
	"unix_timestamp", "upper", "user", "utc_date", "utc_time", "utc_timestamp", "version", "week", "year",
}
