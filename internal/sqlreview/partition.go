package sqlreview

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

// inheritAll gives a new table what it has from others: those that it is like, a part or an heir of.
func (c *Catalog) inheritAll(t *Table, s *ast.CreateTable) {
	if s.Like != nil {
		c.like(t, c.Table(*s.Like), s.Including)
	}
	for _, from := range s.Inherits {
		parent := c.Table(from)
		if parent == nil {
			t.Unknown = true
			continue
		}
		t.Unknown = t.Unknown || parent.Unknown
		c.inheritColumns(t, parent)
		c.inheritChecks(t, parent, ast.Check)
	}
	if s.PartitionOf == nil {
		return
	}
	t.PartitionOf = c.home(*s.PartitionOf).String()
	parent := c.Table(*s.PartitionOf)
	if parent == nil {
		t.Unknown = true
		return
	}
	t.Unknown = t.Unknown || parent.Unknown
	c.inheritColumns(t, parent)
	c.inheritAsPart(t, parent)
}

// like copies what CREATE TABLE … (LIKE …) copies: everything but foreign keys in MySQL, and in
// PostgreSQL what the statement includes.
func (c *Catalog) like(t, from *Table, including []string) {
	if from == nil {
		t.Unknown = true
		return
	}
	t.Unknown = t.Unknown || from.Unknown
	all := c.dialect != PostgreSQL
	has := func(word string) bool { return all || slices.Contains(including, word) }
	for _, col := range from.Columns {
		if !has("defaults") && col.Generated == "" {
			col.Default = ""
		}
		if !has("generated") {
			col.Generated = ""
		}
		col.Identity = col.Identity && has("identity")
		t.Columns = append(t.Columns, col)
		c.ownSequence(t, col, false)
	}
	for _, k := range from.Constraints {
		kind := ast.ConstraintKind(k.Kind)
		switch {
		case kind == ast.Check && has("constraints"):
			t.Constraints = append(t.Constraints, k)
		case kind == ast.ForeignKey || kind == ast.Check || kind == ast.NotNull || !has("indexes"):
		case c.dialect == PostgreSQL:
			k.Name = c.constraintName(t, k, "")
			c.constrain(t, k)
		default:
			t.Constraints = append(t.Constraints, k)
		}
	}
	if !has("indexes") {
		return
	}
	for _, i := range from.Indexes {
		switch {
		case c.dialect != PostgreSQL:
			t.Indexes = append(t.Indexes, i)
		case from.Constraint(c, i.Name) == nil:
			c.copyIndex(t, i)
		}
	}
}

// copyIndex adds an index like another table's, under a name of its own.
func (c *Catalog) copyIndex(t *Table, i schema.Index) {
	words := slices.Clone(i.Columns)
	for k := range words {
		if words[k] == "" {
			words[k] = "expr"
		}
	}
	i.Name = c.indexName(t, words)
	c.putIndex(t, i)
}

func (c *Catalog) inheritColumns(t, parent *Table) {
	for _, col := range parent.Columns {
		own := t.Column(c, col.Name)
		if own == nil {
			col.Identity = false
			t.Columns = append(t.Columns, col)
			continue
		}
		own.NotNull = own.NotNull || col.NotNull
	}
}

func (c *Catalog) inheritChecks(t, parent *Table, kinds ...ast.ConstraintKind) {
	for _, k := range parent.Constraints {
		if slices.Contains(kinds, ast.ConstraintKind(k.Kind)) && t.Constraint(c, k.Name) == nil {
			t.Constraints = append(t.Constraints, k)
		}
	}
}

// inheritAsPart gives a partition the constraints and indexes of its parent. One that it has already
// in the same shape stays.
func (c *Catalog) inheritAsPart(t, parent *Table) {
	c.inheritChecks(t, parent, ast.Check, ast.ForeignKey, ast.NotNull)
	for _, i := range parent.Indexes {
		if slices.ContainsFunc(t.Indexes, func(own schema.Index) bool {
			return own.Unique == i.Unique && slices.Equal(own.Columns, i.Columns)
		}) {
			continue
		}
		k := parent.Constraint(c, i.Name)
		if k == nil {
			c.copyIndex(t, i)
			continue
		}
		own := *k
		own.Name = c.constraintName(t, own, "")
		c.constrain(t, own)
	}
}

// partsOf are the partitions of a table.
func (c *Catalog) partsOf(t *Table) (parts []*Table) {
	if c.dialect != PostgreSQL || !t.Partitioned {
		return nil
	}
	for _, other := range c.Tables() {
		if other.PartitionOf == t.Name.String() {
			parts = append(parts, other)
		}
	}
	return parts
}

// attach makes a table a partition, or a table of its own again.
func (f *follower) attach(t *Table, a ast.Action) {
	part := f.Table(ast.Name{Schema: a.NewSchema, Name: a.NewName})
	switch {
	case part == nil:
	case a.Kind == ast.DetachPartition:
		part.PartitionOf = ""
	default:
		part.PartitionOf = t.Name.String()
		f.inheritAsPart(part, t)
		f.addTable(part)
	}
}

// passedOn are the actions that a server passes on to the partitions of a table.
var passedOn = []ast.ActionKind{
	ast.AddColumn, ast.DropColumn, ast.RenameColumn, ast.SetType, ast.SetDefault, ast.DropDefault,
	ast.SetNotNull, ast.DropNotNull, ast.AddConstraint, ast.DropConstraint, ast.ValidateConstraint,
	ast.DropExpression,
}

// passOn follows an action in the partitions of a table.
func (f *follower) passOn(t *Table, a ast.Action) {
	if !slices.Contains(passedOn, a.Kind) || len(f.problems) > 0 {
		return
	}
	a.IfExists, a.IfNotExists = true, true
	if a.Constraint != nil && len(t.Constraints) > 0 {
		own := *a.Constraint
		if own.Name = ""; own.Kind == ast.Check || own.Kind == ast.ForeignKey {
			own.Name = t.Constraints[len(t.Constraints)-1].Name // a key has a name of its own
		}
		a.Constraint = &own
	}
	for _, part := range f.partsOf(t) {
		f.action(part, a)
		f.passOn(part, a)
	}
}
