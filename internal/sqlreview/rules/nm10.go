package rules

import (
	"iter"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var nm10 = sqlreview.Rule{
	ID:    "NM10",
	Title: "Name with upper case letters",
	Why: "PostgreSQL needs quotes around it in each statement. MySQL finds a table of it on " +
		"one platform and not on the other.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Strict:   sqlreview.Warning,
	Bad:      `CREATE TABLE "OrderItems" (id int);`,
	Good:     "CREATE TABLE order_items (id int);",
	Check: func(p *sqlreview.Pass) {
		for n := range named(p) {
			if n.name != strings.ToLower(n.name) {
				p.Report(n.pos, "", "The name %s of the %s has upper case letters. Write %s.",
					n.name, n.kind, strings.ToLower(n.name))
			}
		}
	},
}

// naming is a name that a statement gives to something.
type naming struct {
	kind, name string
	pos        ast.Position
}

// named yields the names that a statement gives to tables, columns, indexes, constraints and views.
func named(p *sqlreview.Pass) iter.Seq[naming] {
	return func(yield func(naming) bool) {
		for _, n := range given(p) {
			if n.name != "" && !yield(n) {
				return
			}
		}
	}
}

func given(p *sqlreview.Pass) (all []naming) {
	s := p.Statement
	switch {
	case s.CreateTable != nil:
		all = append(all, naming{kind: "table", name: s.CreateTable.Name.Name})
	case s.CreateView != nil:
		all = append(all, naming{kind: "view", name: s.CreateView.Name.Name})
	case s.CreateSchema != nil:
		all = append(all, naming{kind: "schema", name: s.CreateSchema.Name})
	case s.CreateSequence != nil:
		all = append(all, naming{kind: "sequence", name: s.CreateSequence.Name.Name})
	case s.CreateType != nil:
		all = append(all, naming{kind: "type", name: s.CreateType.Name.Name})
	}
	for _, name := range renamedTables(p) {
		all = append(all, naming{kind: "table", name: name})
	}
	for _, c := range defined(p) {
		all = append(all, naming{kind: "column", name: c.Name, pos: c.Pos})
	}
	if s.AlterTable != nil {
		for _, a := range s.AlterTable.Actions {
			if a.Kind == ast.RenameColumn {
				all = append(all, naming{kind: "column", name: a.NewName, pos: a.Pos})
			}
		}
	}
	for _, i := range indexes(p) {
		all = append(all, naming{kind: "index", name: i.Name, pos: i.Pos})
	}
	for k := range constraints(p) {
		all = append(all, naming{kind: "constraint", name: k.Name, pos: k.Pos})
	}
	return all
}
