package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl32 = sqlreview.Rule{
	ID:       "PL32",
	Title:    "Change of a large table",
	Why:      "A lock that nobody notices on a small table stops everything on a large one.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "rows", Default: "10000000", What: "the number of rows from which a table is large"},
		{Name: "gigabytes", Default: "10", What: "the size from which a table is large"},
	},
	Bad: "ALTER TABLE events ADD COLUMN note text; -- 41 GB",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement
		var name ast.Name
		switch {
		case s.AlterTable != nil:
			name = s.AlterTable.Table
		case s.CreateIndex != nil:
			name = s.CreateIndex.Table
		default:
			return
		}
		t := p.Existing(name)
		if t == nil {
			return
		}
		rows, bytes := int64(p.Limit("rows")), int64(p.Limit("gigabytes"))<<30
		if (rows > 0 && t.Rows > rows) || (bytes > 0 && t.Bytes > bytes) {
			p.Report(ast.Position{}, "",
				"The table %s is large: about %d rows, %d MB. Try the change on a copy of this size first.",
				t.Name, t.Rows, t.Bytes>>20)
		}
	},
}
