package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl17 = sqlreview.Rule{
	ID:    "PL17",
	Title: "New column with a volatile default",
	Why: "Each row gets its own value, so the server writes the whole table again, and nobody " +
		"reads or writes it meanwhile.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN token uuid DEFAULT gen_random_uuid();",
	Good: `ALTER TABLE orders ADD COLUMN token uuid;
ALTER TABLE orders ALTER COLUMN token SET DEFAULT gen_random_uuid();
-- Fill the rows that are there in batches.`,
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddColumn) {
			c := a.Column
			if c == nil || c.Default == nil || c.Identity != "" || c.Type.Serial || !volatile(c.Default) {
				continue
			}
			column := p.Quote(c.Name)
			p.Report(a.Pos, lines(
				"ALTER TABLE "+p.Name(t.Name)+" ADD COLUMN "+column+" "+typeText(c.Type)+";",
				"ALTER TABLE "+p.Name(t.Name)+" ALTER COLUMN "+column+" SET DEFAULT "+c.Default.Text+";",
				"-- then, in a file of its own, in batches:",
				"UPDATE "+p.Name(t.Name)+" SET "+column+" = DEFAULT WHERE "+column+" IS NULL;",
			), "The whole table %s is written again to give each row its own %s.", t.Name, c.Name)
		}
	},
}

// steady are functions that give one value within a statement. What is not known is taken for
// volatile, as the server takes functions by default.
var steady = []string{
	"now", "current_timestamp", "current_date", "current_time", "localtime", "localtimestamp",
	"transaction_timestamp", "statement_timestamp", "current_user", "session_user", "user", "current_role",
	"current_schema", "current_database", "current_catalog", "current_setting", "txid_current",
	"abs", "array_append", "array_cat", "array_fill", "array_length", "ceil", "ceiling", "char_length",
	"chr", "coalesce", "concat", "concat_ws", "date_part", "date_trunc", "decode", "encode", "extract",
	"floor", "format", "greatest", "json_build_array", "json_build_object", "jsonb_build_array",
	"jsonb_build_object", "least", "length", "lower", "lpad", "ltrim", "make_date", "make_interval",
	"make_timestamp", "make_timestamptz", "md5", "mod", "nullif", "octet_length", "power", "repeat",
	"replace", "reverse", "round", "rpad", "rtrim", "sha256", "sign", "split_part", "sqrt", "substr",
	"substring", "timezone", "to_char", "to_date", "to_json", "to_jsonb", "to_number", "to_timestamp",
	"to_tsvector", "translate", "trim", "btrim", "trunc", "upper",
}

func volatile(e *ast.Expr) bool {
	return slices.ContainsFunc(e.Functions, func(name string) bool {
		return !slices.Contains(steady, strings.TrimPrefix(name, "pg_catalog."))
	})
}
