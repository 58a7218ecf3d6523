package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb12 = sqlreview.Rule{
	ID:    "TB12",
	Title: "Compressed table",
	Why: "A compressed table takes more of the processor and of the buffer pool than it saves " +
		"on most disks.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "", What: "the kinds of compression that are wanted"},
	},
	Bad:  "CREATE TABLE log (id int PRIMARY KEY) ROW_FORMAT = COMPRESSED;",
	Good: "CREATE TABLE log (id int PRIMARY KEY);",
	Check: func(p *sqlreview.Pass) {
		list := p.List("list")
		for table, o := range options(p) {
			set := (o.Name == "row_format" && strings.EqualFold(o.Value, "compressed")) ||
				((o.Name == "compression" || o.Name == "key_block_size" || o.Name == "page_compressed") &&
					!slices.Contains([]string{"", "none", "0"}, strings.ToLower(o.Value)))
			if set && !slices.Contains(list, strings.ToLower(o.Value)) {
				p.Report(ast.Position{}, "", "The table %s is compressed by %s = %s.", table, o.Name, o.Value)
			}
		}
	},
}
