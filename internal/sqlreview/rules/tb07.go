package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb07 = sqlreview.Rule{
	ID:    "TB07",
	Title: "Character set",
	Why: "latin1 and the old utf8 lose characters, and two tables of different sets cannot be " +
		"compared by an index.",
	Dialects: servers,
	Level:    sqlreview.Error,
	Settings: []sqlreview.Setting{
		{
			Name: "list", Default: "utf8mb4,utf8,unicode,binary,ascii",
			What: "the character sets that are wanted",
		},
	},
	Bad:  "CREATE TABLE users (name text) CHARACTER SET latin1;",
	Good: "CREATE TABLE users (name text) CHARACTER SET utf8mb4;",
	Check: func(p *sqlreview.Pass) {
		list := p.List("list")
		report := func(at ast.Position, name, charset string) {
			if charset != "" && !slices.Contains(list, strings.ToLower(charset)) {
				p.Report(at, "", "%s uses the character set %s. Use one of: %s.",
					name, charset, p.Setting("list"))
			}
		}
		for table, o := range options(p) {
			if o.Name == "charset" || o.Name == "encoding" {
				report(ast.Position{}, table.String(), o.Value)
			}
		}
		for table, c := range defined(p) {
			report(c.Pos, "The column "+c.Name+" of "+table.String(), c.Charset)
		}
	},
}
