package sqlparse

import (
	"slices"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
	dialect "towpath/internal/dialect/postgres"
)

// serialTypes are words that make an integer with a sequence.
var serialTypes = map[string]string{
	"smallserial": "smallint", "serial2": "smallint",
	"serial": "integer", "serial4": "integer",
	"bigserial": "bigint", "serial8": "bigint",
}

// columnType maps a type. A nil one is a column of a partition or of a typed table.
func columnType(t *pg.TypeName) (typ ast.Type) {
	parts := words(t.GetNames())
	name := dotted(parts)
	typ = ast.Type{Name: name.Name, Schema: name.Schema, Array: len(t.GetArrayBounds()) > 0}
	for _, arg := range t.GetTypmods() {
		typ.Args = append(typ.Args, value(arg))
	}
	if typ.Schema != "pg_catalog" && typ.Schema != "" {
		return typ
	}
	own := typ.Schema == "pg_catalog" // "char" with its quotes is another type than char
	typ.Schema = ""
	typ.Name = dialect.TypeWord(typ.Name)
	if integer, ok := serialTypes[typ.Name]; ok && !own {
		typ.Name, typ.Serial = integer, true
	}
	switch {
	case typ.Name == "char" && !own && slices.Equal(parts, []string{"char"}):
		typ.Name = `"char"`
	case typ.Name == "interval" && len(typ.Args) > 0:
		typ.Args = typ.Args[1:] // the fields, as the server's mask of bits
	}
	return typ
}

// column maps a column's definition.
func (m *postgresMapper) column(d *pg.ColumnDef) ast.Column {
	c := ast.Column{
		Pos:       m.place(d.GetLocation()),
		Name:      d.GetColname(),
		Type:      columnType(d.GetTypeName()),
		Collation: dotted(words(d.GetCollClause().GetCollname())).String(),
	}
	for _, n := range d.GetConstraints() {
		m.columnConstraint(&c, n.GetConstraint())
	}
	return c
}

func (m *postgresMapper) columnConstraint(c *ast.Column, own *pg.Constraint) {
	switch own.GetContype() {
	case pg.ConstrType_CONSTR_NULL:
		c.Null = true
	case pg.ConstrType_CONSTR_NOTNULL:
		c.NotNull = true
		if own.GetConname() != "" {
			c.Constraints = append(c.Constraints, m.constraint(own, c.Name))
		}
	case pg.ConstrType_CONSTR_DEFAULT:
		c.Default = m.expr(own.GetRawExpr(), m.defaultText(own.GetLocation()))
	case pg.ConstrType_CONSTR_GENERATED:
		c.Generated = ast.Stored
		c.Generation = m.expr(own.GetRawExpr(), m.bracketText(own.GetLocation(), "AS"))
	case pg.ConstrType_CONSTR_IDENTITY:
		c.Identity = identity(own.GetGeneratedWhen())
	case pg.ConstrType_CONSTR_ATTR_DEFERRABLE, pg.ConstrType_CONSTR_ATTR_DEFERRED:
		if n := len(c.Constraints); n > 0 {
			c.Constraints[n-1].Deferrable = true
		}
	case pg.ConstrType_CONSTR_PRIMARY, pg.ConstrType_CONSTR_UNIQUE, pg.ConstrType_CONSTR_CHECK,
		pg.ConstrType_CONSTR_FOREIGN:
		c.Constraints = append(c.Constraints, m.constraint(own, c.Name))
	}
}

// identity is when an identity column makes its value.
func identity(when string) string {
	if when == "d" {
		return "default"
	}
	return "always"
}

// constraint maps a constraint of a table, a domain or, where column is set, of a column.
func (m *postgresMapper) constraint(d *pg.Constraint, column string) ast.Constraint {
	c := ast.Constraint{
		Pos:        m.place(d.GetLocation()),
		Name:       d.GetConname(),
		UsingIndex: d.GetIndexname(),
		NotValid:   d.GetSkipValidation(),
		Deferrable: d.GetDeferrable(),
		Include:    words(d.GetIncluding()),
	}
	keys := words(d.GetKeys())
	switch d.GetContype() {
	case pg.ConstrType_CONSTR_PRIMARY:
		c.Kind = ast.PrimaryKey
	case pg.ConstrType_CONSTR_UNIQUE:
		c.Kind = ast.Unique
	case pg.ConstrType_CONSTR_NOTNULL:
		c.Kind = ast.NotNull
	case pg.ConstrType_CONSTR_CHECK:
		c.Kind = ast.Check
		c.Check = m.expr(d.GetRawExpr(), m.bracketText(d.GetLocation(), "CHECK"))
		return c
	case pg.ConstrType_CONSTR_EXCLUSION:
		c.Kind, c.Method = ast.Exclude, d.GetAccessMethod()
		c.Where = m.expr(d.GetWhereClause(), m.bracketText(d.GetLocation(), "WHERE"))
		for _, n := range d.GetExclusions() {
			if items := n.GetList().GetItems(); len(items) > 0 {
				c.Columns = append(c.Columns, m.key(items[0].GetIndexElem(), ""))
			}
		}
		return c
	case pg.ConstrType_CONSTR_FOREIGN:
		c.Kind = ast.ForeignKey
		c.References = reference(d)
		keys = words(d.GetFkAttrs())
	}
	if len(keys) == 0 && column != "" {
		keys = []string{column}
	}
	for _, k := range keys {
		c.Columns = append(c.Columns, ast.Key{Column: k})
	}
	return c
}

func reference(d *pg.Constraint) *ast.Reference {
	return &ast.Reference{
		Table:    relation(d.GetPktable()),
		Columns:  words(d.GetPkAttrs()),
		OnDelete: keyAction(d.GetFkDelAction()),
		OnUpdate: keyAction(d.GetFkUpdAction()),
	}
}

// keyAction is what a foreign key does, by the server's letter for it.
func keyAction(letter string) string {
	switch letter {
	case "r":
		return "restrict"
	case "c":
		return "cascade"
	case "n":
		return "set null"
	case "d":
		return "set default"
	}
	return ""
}

// key maps a part of an index. text is how an expression is written.
func (m *postgresMapper) key(e *pg.IndexElem, text string) ast.Key {
	k := ast.Key{Column: e.GetName(), Desc: e.GetOrdering() == pg.SortByDir_SORTBY_DESC}
	if e.GetExpr() != nil {
		k.Expr = m.expr(e.GetExpr(), text)
	}
	return k
}
