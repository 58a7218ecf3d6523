package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var nm13 = sqlreview.Rule{
	ID:    "NM13",
	Title: "Name without its schema",
	Why: "What search_path says decides where the statement works, and it can differ from " +
		"session to session.",
	Dialects: postgres,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "CREATE TABLE orders (id int);",
	Good:     "CREATE TABLE shop.orders (id int);",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement
		var name ast.Name
		switch {
		case s.CreateTable != nil && !s.CreateTable.Temporary:
			name = s.CreateTable.Name
		case s.AlterTable != nil && (s.AlterTable.Kind == "" || s.AlterTable.Kind == "table"):
			name = s.AlterTable.Table
		case s.CreateIndex != nil:
			name = s.CreateIndex.Table
		case s.CreateView != nil && !s.CreateView.Temporary:
			name = s.CreateView.Name
		case s.Drop != nil && (s.Drop.Kind == "table" || s.Drop.Kind == "view"):
			name = s.Drop.Names[0]
		}
		if name.Name != "" && name.Schema == "" {
			p.Report(ast.Position{}, "",
				"Write the schema of %s, so that search_path does not decide.", name.Name)
		}
	},
}
