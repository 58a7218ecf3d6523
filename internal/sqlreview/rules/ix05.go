package rules

import (
	"strings"

	"towpath/internal/sqlreview"
)

var ix05 = sqlreview.Rule{
	ID:    "IX05",
	Title: "Index on BLOB or TEXT",
	Why: "The server refuses it without a length, and with one the index is large and seldom " +
		"of use.",
	Dialects: mysql,
	Level:    sqlreview.Error,
	Bad:      "CREATE INDEX i ON posts (body);",
	Good:     "CREATE FULLTEXT INDEX i ON posts (body);",
	Check: func(p *sqlreview.Pass) {
		types := map[string]string{}
		for _, c := range defined(p) {
			types[strings.ToLower(c.Name)] = c.Type.Name
		}
		for table, i := range indexes(p) {
			if i.Method == "fulltext" || i.Method == "spatial" {
				continue
			}
			for _, k := range i.Keys {
				name := types[strings.ToLower(k.Column)]
				if t := p.Table(table); name == "" && t != nil {
					if c := t.Column(p.Catalog, k.Column); c != nil {
						name = c.Type
					}
				}
				if strings.HasSuffix(name, "blob") || strings.HasSuffix(name, "text") {
					p.Report(i.Pos, "", "The index %s of %s is on the column %s, which is a %s.",
						i.Name, table, k.Column, name)
				}
			}
		}
	},
}
