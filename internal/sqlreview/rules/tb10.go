package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb10 = sqlreview.Rule{
	ID:       "TB10",
	Title:    "Table without its collation",
	Why:      "What the server says otherwise differs from server to server.",
	Dialects: mysql,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE users (id int PRIMARY KEY);",
	Good:     "CREATE TABLE users (id int PRIMARY KEY) COLLATE utf8mb4_general_ci;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateTable
		if s == nil || s.Temporary || s.Like != nil {
			return
		}
		if _, ok := option(s.Options, "collate"); !ok {
			p.Report(ast.Position{}, "", "Say the collation of the table %s.", s.Name)
		}
	},
}
