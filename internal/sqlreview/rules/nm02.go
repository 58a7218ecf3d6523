package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var nm02 = sqlreview.Rule{
	ID:       "NM02",
	Title:    "Name of a table",
	Why:      "Names of one form need no quotes, and are found without a look.",
	Dialects: everywhere,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "format", Default: "^[a-z][a-z0-9_]*$", What: "what a name must match"},
	},
	Bad:  `CREATE TABLE "Orders" (id int);`,
	Good: "CREATE TABLE orders (id int);",
	Check: func(p *sqlreview.Pass) {
		report := func(at ast.Position, name string) {
			if !matches(p, name) {
				p.Report(at, "", "The name %s of the table does not match %s.", name, p.Setting("format"))
			}
		}
		if s := p.Statement.CreateTable; s != nil {
			report(ast.Position{}, s.Name.Name)
		}
		for _, name := range renamedTables(p) {
			report(ast.Position{}, name)
		}
	},
}

// renamedTables are the new names that a statement gives to tables.
func renamedTables(p *sqlreview.Pass) (names []string) {
	if s := p.Statement.Rename; s != nil && s.Kind == "table" {
		for _, pair := range s.Pairs {
			names = append(names, pair.To.Name)
		}
	}
	if s := p.Statement.AlterTable; s != nil {
		for _, a := range s.Actions {
			if a.Kind == ast.RenameTable {
				names = append(names, a.NewName)
			}
		}
	}
	return names
}
