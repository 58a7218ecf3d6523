package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb08 = sqlreview.Rule{
	ID:       "TB08",
	Title:    "Collation",
	Why:      "Columns of different collations cannot be compared by an index.",
	Dialects: servers,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Error,
	Settings: []sqlreview.Setting{
		{
			Name: "list",
			Default: "utf8mb4_general_ci,utf8mb4_unicode_ci,utf8mb4_0900_ai_ci,utf8mb4_uca1400_ai_ci," +
				"utf8mb4_bin,c,c.utf8,en_us,en_us.utf8,default,posix",
			What: "the collations that are wanted",
		},
	},
	Bad: "CREATE TABLE users (name text COLLATE latin1_german1_ci);",
	Check: func(p *sqlreview.Pass) {
		list := p.List("list")
		if len(list) == 0 {
			return
		}
		for table, o := range options(p) {
			if o.Name == "collate" && !slices.Contains(list, strings.ToLower(o.Value)) {
				p.Report(ast.Position{}, "", "%s uses the collation %s. Use one of: %s.",
					table, o.Value, p.Setting("list"))
			}
		}
		for table, c := range defined(p) {
			if c.Collation != "" && !slices.Contains(list, strings.ToLower(c.Collation)) {
				p.Report(c.Pos, "", "The column %s of %s uses the collation %s. Use one of: %s.",
					c.Name, table, c.Collation, p.Setting("list"))
			}
		}
	},
}
