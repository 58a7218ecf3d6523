package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml04 = sqlreview.Rule{
	ID:    "ML04",
	Title: "New foreign key",
	Why: "The server copies the table and takes no writes meanwhile, unless foreign_key_checks" +
		" is off, and then it does not look at the rows that are there.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE items ADD FOREIGN KEY (order_id) REFERENCES orders (id);",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddConstraint, ast.AddColumn) {
			adds := (a.Constraint != nil && a.Constraint.Kind == ast.ForeignKey) || refers(p, a)
			if adds && !unchecked(p) {
				p.Report(a.Pos, "",
					"The table %s takes no writes while the server copies it to check the foreign key.",
					t.Name)
			}
		}
	},
}

// refers reports whether an action adds a column with a foreign key, which only MariaDB makes of it.
func refers(p *sqlreview.Pass, a ast.Action) bool {
	return p.Server.MariaDB && !p.Server.Version.Before(10, 5, 0) && a.Column != nil &&
		slices.ContainsFunc(a.Column.Constraints, func(k ast.Constraint) bool {
			return k.Kind == ast.ForeignKey
		})
}

// unchecked reports whether the file has switched the check of foreign keys off.
func unchecked(p *sqlreview.Pass) bool {
	for _, t := range slices.Backward(p.Earlier()) {
		if t.Set != nil && t.Set.Name == "foreign_key_checks" {
			return slices.Contains([]string{"0", "off", "false"}, strings.ToLower(t.Set.Value))
		}
	}
	return false
}
