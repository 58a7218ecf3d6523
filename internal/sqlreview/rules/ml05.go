package rules

import (
	"iter"
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml05 = sqlreview.Rule{
	ID:       "ML05",
	Title:    "New primary key",
	Why:      "The server builds the whole table again in the order of the key.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD PRIMARY KEY (id);",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddConstraint, ast.AddColumn) {
			if a.Kind == ast.AddConstraint && a.Constraint.Kind == ast.PrimaryKey && !reclusters(p, t, a) {
				continue
			}
			if (a.Kind == ast.AddConstraint && a.Constraint.Kind == ast.PrimaryKey) ||
				(a.Kind == ast.AddColumn && keyed(a.Column)) {
				p.Report(a.Pos, "",
					"The whole table %s is built again in the order of its new primary key.", t.Name)
			}
		}
		uniqueCluster(p)
	},
}

// keyed reports whether a column is defined as the primary key.
func keyed(c *ast.Column) bool {
	return c != nil && slices.ContainsFunc(c.Constraints, func(k ast.Constraint) bool {
		return k.Kind == ast.PrimaryKey
	})
}

// dropsKey reports whether a statement drops a primary key, and adds one.
func dropsKey(s *ast.AlterTable) (drops, adds bool) {
	for _, a := range s.Actions {
		drops = drops || a.Kind == ast.DropPrimaryKey
		adds = adds || (a.Kind == ast.AddConstraint && a.Constraint.Kind == ast.PrimaryKey) ||
			(a.Kind == ast.AddColumn && keyed(a.Column))
	}
	return drops, adds
}

// reclusters reports whether a new primary key orders a table in another way than it is.
func reclusters(p *sqlreview.Pass, t *sqlreview.Table, a ast.Action) bool {
	was := clusters(p, t)
	return was == nil || !slices.EqualFunc(names(a.Constraint.Columns), was.Columns, p.Same)
}

// uniqueCluster reports a unique key that takes the place of a primary key: the first without NULL of
// a table that has none.
func uniqueCluster(p *sqlreview.Pass) {
	for table, k := range uniques(p) {
		t := p.Existing(table)
		if t == nil || t.Unknown || clusters(p, t) != nil {
			continue
		}
		columns := names(k)
		prefix := slices.ContainsFunc(k, func(key ast.Key) bool { return key.Length > 0 })
		if len(columns) > 0 && !prefix && takesNoNull(p, t, columns) {
			p.Report(ast.Position{}, "",
				"The whole table %s is built again in the order of this key, since it has no primary key.", table)
		}
	}
}

// uniques yields the keys of the unique indexes that a statement adds to a table.
func uniques(p *sqlreview.Pass) iter.Seq2[ast.Name, []ast.Key] {
	return func(yield func(ast.Name, []ast.Key) bool) {
		if s := p.Statement.CreateIndex; s != nil && s.Unique {
			yield(s.Table, s.Keys)
		}
		s := p.Statement.AlterTable
		if s == nil {
			return
		}
		for _, a := range s.Actions {
			if _, adds := dropsKey(s); adds {
				return
			}
			if a.Kind == ast.AddIndex && a.Index != nil && a.Index.Unique && !yield(s.Table, a.Index.Keys) {
				return
			}
			if a.Kind == ast.AddConstraint && a.Constraint.Kind == ast.Unique &&
				!yield(s.Table, a.Constraint.Columns) {
				return
			}
		}
	}
}
