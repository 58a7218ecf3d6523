package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var cl28 = sqlreview.Rule{
	ID:       "CL28",
	Title:    "Columns of one name with different types",
	Why:      "A join of the two cannot use an index, or compares values that are not equal.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TABLE items (order_id int); -- orders.id is bigint",
	Good:     "CREATE TABLE items (order_id bigint);",
	Check: func(p *sqlreview.Pass) {
		for table, c := range defined(p) {
			if other := counterpart(p, table, c); other != nil {
				p.Report(c.Pos, "", "The column %s of %s is %s, and %s is %s.",
					c.Name, table, typeName(c.Type.Name, c.Type.Unsigned),
					other.name, typeName(other.Type, other.Unsigned))
			}
		}
	},
}

// counterpart is the key that a column seems to refer to, when it has another type: of order_id the
// id of order or orders.
func counterpart(p *sqlreview.Pass, table ast.Name, c ast.Column) *counter {
	stem, ok := strings.CutSuffix(c.Name, "_id")
	if !ok || !integer(c.Type) {
		return nil
	}
	if refersTo(p, c.Name) {
		return nil // it says itself what it refers to
	}
	for _, name := range []string{stem, stem + "s", stem + "es", strings.TrimSuffix(stem, "y") + "ies"} {
		t := p.Table(ast.Name{Schema: table.Schema, Name: name})
		if t == nil {
			continue
		}
		for _, key := range []string{"id", c.Name} {
			other := t.Column(p.Catalog, key)
			if other != nil && (other.Type != c.Type.Name || other.Unsigned != c.Type.Unsigned) {
				return &counter{*other, t.Name.String() + "." + other.Name}
			}
		}
	}
	return nil
}

type counter struct {
	schema.TableColumn
	name string
}

func typeName(name string, unsigned bool) string {
	if unsigned {
		name += " unsigned"
	}
	return name
}

// refersTo reports whether the statement makes a foreign key of a column.
func refersTo(p *sqlreview.Pass, column string) bool {
	for k := range constraints(p) {
		if k.Kind == ast.ForeignKey && has(p, k.columns(), column) {
			return true
		}
	}
	return false
}
