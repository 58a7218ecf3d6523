package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml06 = sqlreview.Rule{
	ID:    "ML06",
	Title: "Primary key dropped without a new one",
	Why: "The server copies the whole table, and replication by rows reads all of it for each " +
		"change.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders DROP PRIMARY KEY;",
	Good:     "ALTER TABLE orders DROP PRIMARY KEY, ADD PRIMARY KEY (id, region);",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.DropPrimaryKey, ast.DropIndex) {
			if _, adds := dropsKey(p.Statement.AlterTable); adds {
				continue
			}
			if a.Kind == ast.DropPrimaryKey || loses(p, t, a.Name) {
				p.Report(a.Pos, "",
					"The whole table %s is copied, and has no primary key afterwards.", t.Name)
			}
		}
		if s := p.Statement.Drop; s != nil && s.Kind == "index" && s.On != nil {
			if t := p.Existing(*s.On); t != nil && loses(p, t, s.Names[0].Name) {
				p.Report(ast.Position{}, "",
					"The whole table %s is copied, and has no key without NULL afterwards.", t.Name)
			}
		}
	},
}

// loses reports whether an index that is dropped is the one that a table without a primary key is kept
// in.
func loses(p *sqlreview.Pass, t *sqlreview.Table, index string) bool {
	in := clusters(p, t)
	return t.PrimaryKey() == nil && in != nil && p.Same(in.Name, index)
}
