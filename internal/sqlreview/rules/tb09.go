package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb09 = sqlreview.Rule{
	ID:       "TB09",
	Title:    "Table without its character set",
	Why:      "What the server says otherwise differs from server to server.",
	Dialects: mysql,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE users (id int PRIMARY KEY);",
	Good:     "CREATE TABLE users (id int PRIMARY KEY) CHARACTER SET utf8mb4;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateTable
		if s == nil || s.Temporary || s.Like != nil {
			return
		}
		if _, ok := option(s.Options, "charset"); !ok {
			p.Report(ast.Position{}, "", "Say the character set of the table %s.", s.Name)
		}
	},
}
