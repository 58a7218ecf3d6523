package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tx07 = sqlreview.Rule{
	ID:    "TX07",
	Title: "Rows and schema in one file",
	Why: "A backup of the rows that a file changes cannot be made when the same file changes " +
		"their table.",
	Dialects: servers,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad: `ALTER TABLE orders ADD COLUMN a int;
DELETE FROM orders WHERE old;`,
	End: func(p *sqlreview.Pass) {
		var ddl, dml bool
		for _, t := range p.File.Statements {
			ddl = ddl || t.AlterTable != nil || (t.Drop != nil && t.Drop.Kind == "table")
			dml = dml || t.Update != nil || t.Delete != nil
		}
		if ddl && dml {
			p.Report(first(p), "",
				"This file changes rows and tables. "+
					"Keep them apart, so that the rows can be backed up before.")
		}
	},
}

// first is the place of a file's first statement.
func first(p *sqlreview.Pass) ast.Position {
	if len(p.File.Statements) == 0 {
		return ast.Position{}
	}
	return p.File.Statements[0].Pos
}
