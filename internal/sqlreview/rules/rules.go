// Package rules holds the rules of the SQL review, a file each.
package rules

import (
	"iter"
	"regexp"
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

// Where a rule applies.
var (
	postgres   = []sqlreview.Dialect{sqlreview.PostgreSQL}
	mysql      = []sqlreview.Dialect{sqlreview.MySQL}
	servers    = []sqlreview.Dialect{sqlreview.PostgreSQL, sqlreview.MySQL}
	filesAndMy = []sqlreview.Dialect{sqlreview.MySQL, sqlreview.SQLite}
	everywhere = []sqlreview.Dialect{sqlreview.PostgreSQL, sqlreview.MySQL, sqlreview.SQLite}
)

// actions yields the actions of an ALTER TABLE of the given kinds, with the table, where the table
// is one that others may use already.
func actions(p *sqlreview.Pass, kinds ...ast.ActionKind) iter.Seq2[*sqlreview.Table, ast.Action] {
	return func(yield func(*sqlreview.Table, ast.Action) bool) {
		s := p.Statement.AlterTable
		if s == nil || (s.Kind != "" && s.Kind != "table") {
			return
		}
		t := p.Existing(s.Table)
		if t == nil {
			return
		}
		for _, a := range s.Actions {
			if slices.Contains(kinds, a.Kind) && !idle(p, t, a) && !yield(t, a) {
				return
			}
		}
	}
}

// idle reports whether an action says IF EXISTS or IF NOT EXISTS and so does nothing.
func idle(p *sqlreview.Pass, t *sqlreview.Table, a ast.Action) bool {
	if t.Unknown || !(a.IfExists || a.IfNotExists) {
		return false
	}
	there := false
	switch a.Kind {
	case ast.AddColumn:
		there = a.Column != nil && t.Column(p.Catalog, a.Column.Name) != nil
	case ast.AddConstraint:
		there = a.Constraint != nil && a.Constraint.Name != "" &&
			t.Constraint(p.Catalog, a.Constraint.Name) != nil
	case ast.AddIndex:
		there = a.Index != nil && a.Index.Name != "" && t.Index(p.Catalog, a.Index.Name) != nil
	case ast.DropColumn, ast.ModifyColumn, ast.RenameColumn:
		there = t.Column(p.Catalog, a.Name) != nil
	case ast.DropConstraint:
		there = t.Constraint(p.Catalog, a.Name) != nil
	case ast.DropIndex, ast.RenameIndex:
		there = t.Index(p.Catalog, a.Name) != nil
	default:
		return false
	}
	return there == a.IfNotExists
}

// defined yields the columns that a statement defines, with their table: those of CREATE TABLE and
// those that ALTER TABLE adds or defines again.
func defined(p *sqlreview.Pass) iter.Seq2[ast.Name, ast.Column] {
	return func(yield func(ast.Name, ast.Column) bool) {
		if s := p.Statement.CreateTable; s != nil {
			for _, c := range s.Columns {
				if !yield(s.Name, c) {
					return
				}
			}
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				if a.Column != nil && !yield(s.Table, *a.Column) {
					return
				}
			}
		}
	}
}

// typed yields the types that a statement gives to columns, with table, column and place: of defined
// columns, and of ALTER COLUMN … TYPE.
func typed(p *sqlreview.Pass) iter.Seq[typing] {
	return func(yield func(typing) bool) {
		for table, c := range defined(p) {
			if !yield(typing{table: table, column: c.Name, Type: c.Type, pos: c.Pos}) {
				return
			}
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				if a.Kind == ast.SetType && a.Type != nil && !yield(typing{
					table: s.Table, column: a.Name, Type: *a.Type, pos: a.Pos,
				}) {
					return
				}
			}
		}
	}
}

// typing is a type that a statement gives to a column.
type typing struct {
	table  ast.Name
	column string
	ast.Type
	pos ast.Position
}

// constraints yields the constraints that a statement defines, those that are written at a column
// with its name.
func constraints(p *sqlreview.Pass) iter.Seq[constraining] {
	return func(yield func(constraining) bool) {
		if s := p.Statement.CreateTable; s != nil {
			for _, k := range s.Constraints {
				if !yield(constraining{Constraint: k, table: s.Name}) {
					return
				}
			}
		}
		for table, c := range defined(p) {
			for _, k := range c.Constraints {
				if !yield(constraining{Constraint: k, table: table, column: c.Name}) {
					return
				}
			}
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				if a.Kind == ast.AddConstraint && a.Constraint != nil &&
					!yield(constraining{Constraint: at(*a.Constraint, a.Pos), table: s.Table}) {
					return
				}
			}
		}
	}
}

// constraining is a constraint that a statement defines.
type constraining struct {
	ast.Constraint
	table  ast.Name
	column string // that it is written at; "" when it is the table's
}

// columns are the names of the columns of the constraint.
func (k constraining) columns() []string {
	var names []string
	for _, key := range k.Columns {
		names = append(names, key.Column)
	}
	if len(names) == 0 && k.column != "" {
		names = []string{k.column}
	}
	return names
}

func at(k ast.Constraint, pos ast.Position) ast.Constraint {
	if k.Pos.Line == 0 {
		k.Pos = pos
	}
	return k
}

// indexes yields the indexes that a statement defines, with their table; keys that are constraints
// are left out.
func indexes(p *sqlreview.Pass) iter.Seq2[ast.Name, ast.Index] {
	return func(yield func(ast.Name, ast.Index) bool) {
		if s := p.Statement.CreateIndex; s != nil && !yield(s.Table, s.Index) {
			return
		}
		if s := p.Statement.CreateTable; s != nil {
			for _, i := range s.Indexes {
				if !yield(s.Name, i) {
					return
				}
			}
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				if a.Index != nil && !yield(s.Table, *a.Index) {
					return
				}
			}
		}
	}
}

// wheres yields the conditions of a statement's UPDATE, DELETE, SELECT, with the word for it.
func wheres(p *sqlreview.Pass) iter.Seq2[string, *ast.Where] {
	return func(yield func(string, *ast.Where) bool) {
		s := p.Statement
		switch {
		case s.Update != nil:
			yield("UPDATE", s.Update.Where)
		case s.Delete != nil:
			yield("DELETE", s.Delete.Where)
		case s.Select != nil:
			yield("SELECT", s.Select.Where)
		case s.Insert != nil && s.Insert.Query != nil:
			yield("SELECT", s.Insert.Query.Where)
		}
	}
}

// query returns the query of a statement: a SELECT, or that of a view, an INSERT or a new table.
func query(p *sqlreview.Pass) *ast.Select {
	s := p.Statement
	switch {
	case s.Select != nil:
		return s.Select
	case s.Insert != nil:
		return s.Insert.Query
	case s.CreateView != nil:
		return s.CreateView.Query
	case s.CreateTable != nil:
		return s.CreateTable.As
	}
	return nil
}

// with puts words behind the first occurrence of a key word in a statement's text, and ends it with
// a semicolon.
func with(text, word, words string) string {
	at := regexp.MustCompile(`(?i)\b` + word + `\b`).FindStringIndex(text)
	if at == nil {
		return ""
	}
	return text[:at[1]] + " " + words + text[at[1]:] + ";"
}

// lines joins statements, one a line.
func lines(statements ...string) string { return strings.Join(statements, "\n") }

// option returns an option's value; ok is false when the statement does not say it.
func option(options []ast.Option, name string) (value string, ok bool) {
	for _, o := range options {
		if o.Name == name {
			return o.Value, true
		}
	}
	return "", false
}

// noTransaction is the directive that a statement needs which a server refuses in a transaction.
const noTransaction = "-- towpath: no-transaction"
