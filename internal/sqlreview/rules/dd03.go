package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var dd03 = sqlreview.Rule{
	ID:    "DD03",
	Title: "New NOT NULL column without a default on a table that exists",
	Why: "The statement fails as soon as the table has one row, and in MySQL the rows get an " +
		"invented value.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad:      "ALTER TABLE orders ADD COLUMN status text NOT NULL;",
	Good:     "ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'new';",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.AddColumn) {
			c := a.Column
			if c == nil || !mandatory(*c) || (c.Default != nil && !c.Default.Null) || c.AutoIncrement ||
				c.Identity != "" || c.Generated != "" || c.Type.Serial {
				continue
			}
			p.Report(a.Pos, addNullable(p, t.Name, *c),
				"The rows that are in the table %s have no value for the new column %s, "+
					"which must not be NULL.", t.Name, c.Name)
		}
	},
}

// mandatory reports whether a column takes no NULL.
func mandatory(c ast.Column) bool {
	return c.NotNull || slices.ContainsFunc(c.Constraints, func(k ast.Constraint) bool {
		return k.Kind == ast.PrimaryKey || k.Kind == ast.NotNull
	})
}

// addNullable adds a column in the steps that let rows get their values.
func addNullable(p *sqlreview.Pass, table ast.Name, c ast.Column) string {
	name, column := p.Name(table), p.Quote(c.Name)
	add := "ALTER TABLE " + name + " ADD COLUMN " + column + " " + typeText(c.Type)
	fill := "UPDATE " + name + " SET " + column + " = … WHERE " + column + " IS NULL;"
	switch p.Server.Dialect {
	case sqlreview.PostgreSQL:
		return lines(add+";", "-- then, in a file of its own, in batches:",
			fill, "-- and last:", setNotNull(p, table, c.Name))
	case sqlreview.MySQL:
		return lines(add+" NULL;", "-- then, in a file of its own:", fill,
			"ALTER TABLE "+name+" MODIFY COLUMN "+column+" "+typeText(c.Type)+" NOT NULL;")
	}
	return add + " NOT NULL DEFAULT …;"
}

// typeText writes a type as a statement does.
func typeText(t ast.Type) string {
	text := t.Name
	if len(t.Args) > 0 {
		text += "(" + strings.Join(t.Args, ", ") + ")"
	}
	if len(t.Values) > 0 {
		text += "('" + strings.Join(t.Values, "', '") + "')"
	}
	if t.Unsigned {
		text += " unsigned"
	}
	if t.Array {
		text += "[]"
	}
	return text
}

// setNotNull makes a column NOT NULL without a scan under an exclusive lock.
// https://www.postgresql.org/docs/current/sql-altertable.html
func setNotNull(p *sqlreview.Pass, table ast.Name, column string) string {
	name, check := p.Name(table), p.Quote(column+"_not_null")
	return lines(
		"ALTER TABLE "+name+" ADD CONSTRAINT "+check+" CHECK ("+p.Quote(column)+" IS NOT NULL) NOT VALID;",
		"-- in a later file:",
		"ALTER TABLE "+name+" VALIDATE CONSTRAINT "+check+";",
		"ALTER TABLE "+name+" ALTER COLUMN "+p.Quote(column)+" SET NOT NULL;",
		"ALTER TABLE "+name+" DROP CONSTRAINT "+check+";",
	)
}
