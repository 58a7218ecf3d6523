package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tx06 = sqlreview.Rule{
	ID:       "TX06",
	Title:    "Rows changed in one transaction with the schema",
	Why:      "The lock of the schema change is held until all rows are written.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad: `ALTER TABLE orders ADD COLUMN status text;
UPDATE orders SET status = 'new';`,
	Good: "-- one file for each of the two",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement
		if !p.InTransaction() {
			return
		}
		var tables []ast.Name
		switch {
		case s.Update != nil:
			tables = s.Update.Tables
		case s.Delete != nil:
			tables = s.Delete.Tables
		case s.Insert != nil && s.Insert.Query != nil:
			tables = []ast.Name{s.Insert.Table}
		}
		for _, name := range tables {
			if p.Existing(name) == nil {
				continue
			}
			for _, t := range p.Earlier() {
				if t.AlterTable != nil && t.AlterTable.Table == name {
					p.Report(ast.Position{}, "",
						"Write the rows of the table %s in a later file: "+
							"this one holds the lock of ALTER TABLE meanwhile.", name)
					return
				}
			}
		}
	},
}
