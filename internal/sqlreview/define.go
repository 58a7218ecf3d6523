package sqlreview

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

// column is what the catalog keeps of a column's definition.
func column(c ast.Column) schema.TableColumn {
	made := schema.TableColumn{
		Name: c.Name, Type: c.Type.Name, Args: c.Type.Args, Values: c.Type.Values, Array: c.Type.Array,
		NotNull: c.NotNull || c.Identity != "" || c.Type.Serial, Generated: string(c.Generated),
		Identity: c.Identity != "", AutoIncrement: c.AutoIncrement, Unsigned: c.Type.Unsigned,
		Charset: c.Charset, Collation: c.Collation, Comment: c.Comment,
	}
	if c.Default != nil {
		made.Default = c.Default.Text
	}
	if c.Type.Serial {
		made.Default = "nextval"
	}
	return made
}

// constraint is what the catalog keeps of a constraint's definition. on is the column that it is
// written at; "" when it is the table's.
func constraint(c ast.Constraint, on string) schema.Constraint {
	made := schema.Constraint{Kind: string(c.Kind), Name: c.Name, NotValid: c.NotValid}
	for _, key := range c.Columns {
		made.Columns = append(made.Columns, key.Column)
	}
	if len(made.Columns) == 0 && on != "" {
		made.Columns = []string{on}
	}
	if c.References != nil {
		made.Table, made.Refers = c.References.Table.String(), c.References.Columns
		made.Cascades = c.References.OnDelete == "cascade"
	}
	if c.Check != nil {
		made.Check = c.Check.Text
	}
	return made
}

// index is what the catalog keeps of an index's definition.
func index(i ast.Index) schema.Index {
	made := schema.Index{Name: i.Name, Unique: i.Unique, Method: i.Method, Invisible: i.Invisible}
	for _, key := range i.Keys {
		made.Columns = append(made.Columns, key.Column)
		made.Lengths = append(made.Lengths, key.Length)
	}
	if i.Where != nil {
		made.Where = i.Where.Text
	}
	return made
}

// define makes the table of a CREATE TABLE.
func (c *Catalog) define(s *ast.CreateTable, file *File) *Table {
	t := &Table{Name: s.Name, Made: file}
	t.Table = schema.Table{
		Schema: s.Name.Schema, Name: s.Name.Name, Temporary: s.Temporary,
		Partitioned: s.PartitionBy != "", Versioned: s.Versioned, Options: map[string]string{},
	}
	for _, o := range s.Options {
		t.Options[o.Name] = o.Value
	}
	if s.PartitionOf != nil {
		t.Table.PartitionOf = s.PartitionOf.String()
	}
	for _, from := range slices.Concat(pointed(s.Like), pointed(s.PartitionOf), s.Inherits) {
		if parent := c.Table(from); parent != nil {
			t.Columns = append(t.Columns, slices.Clone(parent.Columns)...)
		} else {
			t.Unknown = true
		}
	}
	t.Unknown = t.Unknown || s.As != nil // the query's columns are not known
	for _, col := range s.Columns {
		t.Columns = append(t.Columns, column(col))
		for _, k := range col.Constraints {
			c.constrain(t, constraint(k, col.Name))
		}
	}
	for _, k := range s.Constraints {
		c.constrain(t, constraint(k, ""))
	}
	for _, i := range s.Indexes {
		t.Indexes = append(t.Indexes, index(i))
	}
	return t
}

func pointed(n *ast.Name) []ast.Name {
	if n == nil {
		return nil
	}
	return []ast.Name{*n}
}

// constrain adds a constraint with what comes of it: the index of a key, and NOT NULL of a primary
// key's columns.
func (c *Catalog) constrain(t *Table, k schema.Constraint) {
	if k.Name == "" {
		k.Name = c.constraintName(t, k)
	}
	t.Constraints = append(t.Constraints, k)
	switch ast.ConstraintKind(k.Kind) {
	case ast.PrimaryKey:
		for _, name := range k.Columns {
			if col := t.Column(c, name); col != nil {
				col.NotNull = true
			}
		}
		t.Indexes = append(t.Indexes, schema.Index{Name: k.Name, Columns: k.Columns, Unique: true})
	case ast.Unique, ast.Exclude:
		t.Indexes = append(t.Indexes, schema.Index{
			Name: k.Name, Columns: k.Columns,
			Unique: ast.ConstraintKind(k.Kind) == ast.Unique,
		})
	}
}

// constraintName is the name that PostgreSQL and MySQL choose for a constraint without one.
// https://www.postgresql.org/docs/current/sql-createtable.html
func (c *Catalog) constraintName(t *Table, k schema.Constraint) string {
	kind := ast.ConstraintKind(k.Kind)
	if c.dialect == MySQL {
		switch {
		case kind == ast.PrimaryKey:
			return "PRIMARY"
		case kind == ast.Unique && len(k.Columns) > 0:
			return k.Columns[0]
		}
	}
	suffix := map[ast.ConstraintKind]string{
		ast.PrimaryKey: "pkey", ast.Unique: "key", ast.ForeignKey: "fkey", ast.Check: "check",
		ast.Exclude: "excl", ast.NotNull: "not_null",
	}[kind]
	parts := []string{t.Name.Name}
	if kind != ast.PrimaryKey {
		parts = append(parts, k.Columns...)
	}
	return strings.Join(append(parts, suffix), "_")
}

// indexName is the name that a server chooses for an index without one.
func (c *Catalog) indexName(t *Table, i schema.Index) string {
	if c.dialect == MySQL {
		return i.Columns[0]
	}
	parts := []string{t.Name.Name}
	for _, name := range i.Columns {
		if name == "" {
			name = "expr"
		}
		parts = append(parts, name)
	}
	return strings.Join(append(parts, "idx"), "_")
}
