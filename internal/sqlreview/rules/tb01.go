package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb01 = sqlreview.Rule{
	ID:    "TB01",
	Title: "Table without a primary key",
	Why: "The same row can be there twice, and replication reads the whole table for each " +
		"change.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "CREATE TABLE log (at timestamp, line text);",
	Good: "CREATE TABLE log (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, at timestamp, " +
		"line text);",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateTable
		if s == nil || s.Temporary || s.PartitionOf != nil || s.Foreign || s.Virtual != "" || s.Like != nil ||
			s.As != nil || len(s.Inherits) > 0 {
			return
		}
		for k := range constraints(p) {
			if k.Kind == ast.PrimaryKey {
				return
			}
		}
		for _, t := range p.File.Statements[p.Index:] { // a dump adds its keys below
			if t.AlterTable != nil && t.AlterTable.Table == s.Name &&
				slices.ContainsFunc(t.AlterTable.Actions, addsKey) {
				return
			}
		}
		p.Report(ast.Position{}, "", "The table %s has no primary key.", s.Name)
	},
}

func addsKey(a ast.Action) bool {
	return (a.Kind == ast.AddConstraint && a.Constraint.Kind == ast.PrimaryKey) ||
		(a.Kind == ast.AddColumn && keyed(a.Column))
}
