package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb15 = sqlreview.Rule{
	ID:       "TB15",
	Title:    "Columns that each table must have",
	Why:      "A team may want the same columns in each table.",
	Dialects: everywhere,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "id,created_at,updated_at", What: "the columns"},
	},
	Bad:  "CREATE TABLE orders (no int PRIMARY KEY);",
	Good: "CREATE TABLE orders (id int PRIMARY KEY);",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateTable
		if s == nil || s.Temporary || s.PartitionOf != nil || s.Like != nil || s.As != nil ||
			s.Virtual != "" {
			return
		}
		var missing []string
		for _, name := range p.List("list") {
			if !slices.ContainsFunc(s.Columns, func(c ast.Column) bool {
				return strings.EqualFold(c.Name, name)
			}) {
				missing = append(missing, name)
			}
		}
		if len(missing) > 0 {
			p.Report(ast.Position{}, "", "The table %s has no column %s.",
				s.Name, strings.Join(missing, ", "))
		}
	},
}
