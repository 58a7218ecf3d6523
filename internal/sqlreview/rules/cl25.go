package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var cl25 = sqlreview.Rule{
	ID:       "CL25",
	Title:    "Text column without its character set",
	Why:      "What the table or the server says otherwise can change.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE users (name varchar(50));",
	Good:     "CREATE TABLE users (name varchar(50) CHARACTER SET utf8mb4);",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if textual(c.Type) && c.Charset == "" {
				p.Report(c.Pos, "", "Say the character set of the column %s of %s.", c.Name, table)
			}
		}
	},
}

func textual(t ast.Type) bool {
	return slices.Contains([]string{
		"char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set",
	}, t.Name)
}
