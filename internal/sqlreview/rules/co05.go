package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var co05 = sqlreview.Rule{
	ID:       "CO05",
	Title:    "Change that programs which run now may not survive",
	Why:      "While a rollout goes on, the programs of yesterday meet the schema of today.",
	Dialects: servers,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "ALTER TABLE orders ALTER COLUMN id TYPE text;",
	Check: func(p *sqlreview.Pass) {
		report := func(at ast.Position, what string, t *sqlreview.Table) {
			p.Report(at, "",
				"%s of the table %s may break programs that run now: "+
					"deploy those that can do with both first.", what, t.Name)
		}
		for t, a := range actions(p, ast.DropColumn, ast.RenameColumn, ast.SetType, ast.ModifyColumn,
			ast.AddConstraint, ast.SetNotNull) {
			switch {
			case a.Kind == ast.DropColumn:
				report(a.Pos, "Dropping the column "+a.Name, t)
			case a.Kind == ast.RenameColumn:
				report(a.Pos, "Renaming the column "+a.Name, t)
			case a.Kind == ast.SetType, a.Kind == ast.ModifyColumn && retyped(p, t, a):
				report(a.Pos, "Another type for the column "+a.Name, t)
			case a.Kind == ast.SetNotNull:
				report(a.Pos, "NOT NULL for the column "+a.Name, t)
			case a.Kind == ast.AddConstraint && a.Constraint != nil && a.Constraint.Kind != ast.PrimaryKey:
				report(a.Pos, "A new "+string(a.Constraint.Kind)+" constraint", t)
			}
		}
		if s := p.Statement.Drop; s != nil && s.Kind == "table" && !s.Temporary {
			for _, name := range s.Names {
				if t := p.Existing(name); t != nil {
					p.Report(ast.Position{}, "",
						"Dropping the table %s may break programs that run now: "+
							"deploy those that can do without it first.", t.Name)
				}
			}
		}
	},
}

// retyped reports whether MODIFY gives a column another type than the catalog knows.
func retyped(p *sqlreview.Pass, t *sqlreview.Table, a ast.Action) bool {
	c := t.Column(p.Catalog, a.Name)
	return c != nil && a.Column != nil &&
		(c.Type != a.Column.Type.Name || c.Unsigned != a.Column.Type.Unsigned ||
			!slices.Equal(c.Args, a.Column.Type.Args) || !slices.Equal(c.Values, a.Column.Type.Values))
}
