package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml24 = sqlreview.Rule{
	ID:       "ML24",
	Title:    "Several ALTER TABLE of one table",
	Why:      "Each statement waits for its lock, and may copy or read the whole table again.",
	Dialects: servers,
	Level:    sqlreview.Warning,
	Bad: `ALTER TABLE orders ADD COLUMN a int;
ALTER TABLE orders ADD COLUMN b int;`,
	Good: "ALTER TABLE orders ADD COLUMN a int, ADD COLUMN b int;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.AlterTable
		if s == nil || p.Existing(s.Table) == nil || alone(s) || p.Index == 0 {
			return
		}
		before := p.Earlier()[p.Index-1].AlterTable
		if before != nil && before.Table == s.Table && !alone(before) && !slower(p, before, s) {
			p.Report(ast.Position{}, "", "Put this and the statement above into one ALTER TABLE %s.", s.Table)
		}
	},
}

// alone reports whether an ALTER TABLE has an action that no other may stand beside, or that is
// better on its own.
func alone(s *ast.AlterTable) bool {
	return slices.ContainsFunc(s.Actions, func(a ast.Action) bool {
		switch a.Kind {
		case ast.RenameTable, ast.RenameColumn, ast.RenameConstraint, ast.SetSchema, ast.ValidateConstraint,
			ast.AttachPartition, ast.DetachPartition, ast.OwnerTo, ast.AddPartition, ast.DropPartition,
			ast.TruncatePartition, ast.PartitionBy, ast.RemovePartitioning, ast.OtherAction:
			return true
		case ast.AddConstraint:
			return a.Constraint.NotValid || a.Constraint.UsingIndex != ""
		}
		return false
	})
}

// slower reports whether two statements take longer as one: InnoDB adds a column at once, but not in a
// statement that builds an index.
func slower(p *sqlreview.Pass, one, other *ast.AlterTable) bool {
	adds := func(s *ast.AlterTable) bool {
		return slices.ContainsFunc(s.Actions, func(a ast.Action) bool { return a.Kind == ast.AddColumn })
	}
	return p.Server.Dialect == sqlreview.MySQL &&
		((adds(one) && buildsIndex(other)) || (buildsIndex(one) && adds(other)))
}
