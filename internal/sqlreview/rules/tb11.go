package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb11 = sqlreview.Rule{
	ID:       "TB11",
	Title:    "Table with its own character set",
	Why:      "A team that sets it for the whole server wants no other.",
	Dialects: mysql,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Bad:      "CREATE TABLE users (id int PRIMARY KEY) CHARACTER SET utf8mb4;",
	Good:     "CREATE TABLE users (id int PRIMARY KEY);",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateTable
		if s == nil || s.Temporary || s.Like != nil {
			return
		}
		if _, ok := option(s.Options, "charset"); ok {
			p.Report(ast.Position{}, "", "Leave the character set of the table %s to the server.", s.Name)
		}
	},
}
