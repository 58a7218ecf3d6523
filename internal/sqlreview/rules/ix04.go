package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ix04 = sqlreview.Rule{
	ID:    "IX04",
	Title: "Type of a primary key",
	Why: "A key of another type takes more space in each index, and a random one spreads " +
		"writes over the whole table.",
	Dialects: everywhere,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "integer,bigint,int,uuid", What: "the types that are wanted"},
	},
	Bad:  "CREATE TABLE users (email varchar(200) PRIMARY KEY);",
	Good: "CREATE TABLE users (id bigint PRIMARY KEY, email varchar(200) UNIQUE);",
	Check: func(p *sqlreview.Pass) {
		list := p.List("list")
		types := map[string]ast.Column{}
		for _, c := range defined(p) {
			types[strings.ToLower(c.Name)] = c
		}
		for k := range constraints(p) {
			if k.Kind != ast.PrimaryKey {
				continue
			}
			for _, name := range k.columns() {
				c, ok := types[strings.ToLower(name)]
				if ok && c.Type.Name != "" && !slices.Contains(list, c.Type.Name) {
					p.Report(c.Pos, "",
						"The primary key of %s has the column %s of the type %s. Use one of: %s.",
						k.table, name, c.Type.Name, p.Setting("list"))
				}
			}
		}
	},
}
