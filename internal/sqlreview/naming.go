package sqlreview

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

// maxName is how many bytes a name of PostgreSQL has at most.
const maxName = 63

// objectName puts a name together as PostgreSQL does: the longer part gives way.
// https://github.com/postgres/postgres/blob/master/src/backend/commands/indexcmds.c
func objectName(table, columns, label string) string {
	a, b, room := len(table), len(columns), maxName-len(label)-1
	if columns != "" {
		room--
	}
	for a+b > room {
		if a > b {
			a--
		} else {
			b--
		}
	}
	name := whole(table, a)
	if columns != "" {
		name += "_" + whole(columns, b)
	}
	return name + "_" + label
}

// whole cuts a text to at most n bytes, at the end of a character.
func whole(text string, n int) string {
	for n > 0 && n < len(text) && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

// free is the first of a name that PostgreSQL chooses which nothing else has: a number follows it.
func (c *Catalog) free(t *Table, columns []string, label string) string {
	for n := 0; ; n++ {
		numbered := label
		if n > 0 {
			numbered = fmt.Sprint(label, n)
		}
		name := objectName(t.Name.Name, strings.Join(columns, "_"), numbered)
		if t.Constraint(c, name) == nil && !c.relation(ast.Name{Schema: t.Name.Schema, Name: name}) {
			return name
		}
	}
}

// relation reports whether a table, an index, a sequence or a view has a name.
func (c *Catalog) relation(n ast.Name) bool {
	_, sequence := c.Object("sequence", n)
	_, view := c.Object("view", n)
	return c.Table(n) != nil || c.IndexTable(n, nil) != nil || sequence || view
}

// constraintName is the name that a server chooses for a constraint without one. at is the column
// at which it is written. SQLite chooses none.
// https://www.postgresql.org/docs/current/sql-createtable.html
func (c *Catalog) constraintName(t *Table, k schema.Constraint, at string) string {
	kind := ast.ConstraintKind(k.Kind)
	switch {
	case c.dialect == SQLite:
		return ""
	case c.dialect == MySQL:
		return c.mysqlName(t, k, at)
	case kind == ast.PrimaryKey:
		return c.free(t, nil, "pkey")
	case kind == ast.Check && len(k.Columns) != 1:
		return c.free(t, nil, "check")
	}
	columns := slices.Clone(k.Columns)
	for i := range columns {
		if columns[i] == "" {
			columns[i] = "expr"
		}
	}
	return c.free(t, columns, map[ast.ConstraintKind]string{
		ast.Unique: "key", ast.ForeignKey: "fkey", ast.Check: "check", ast.Exclude: "excl",
		ast.NotNull: "not_null",
	}[kind])
}

func (c *Catalog) mysqlName(t *Table, k schema.Constraint, at string) string {
	format := t.Name.Name + "_chk_%d"
	switch ast.ConstraintKind(k.Kind) {
	case ast.PrimaryKey:
		return "PRIMARY"
	case ast.Unique:
		return c.indexName(t, k.Columns)
	case ast.ForeignKey:
		format = t.Name.Name + "_ibfk_%d"
	case ast.Check:
		switch {
		case c.server.MariaDB && at != "":
			return at
		case c.server.MariaDB:
			format = "CONSTRAINT_%d"
		}
	}
	next := 1
	for _, other := range t.Constraints {
		var n int
		if _, err := fmt.Sscanf(other.Name, format, &n); err == nil && n >= next {
			next = n + 1
		}
	}
	return fmt.Sprintf(format, next)
}

// indexName is the name that a server chooses for an index without one, by its columns and, in
// PostgreSQL, by those that it includes. "" in SQLite, where each has one.
func (c *Catalog) indexName(t *Table, columns []string) string {
	switch {
	case c.dialect == SQLite || len(columns) == 0:
		return ""
	case c.dialect == PostgreSQL:
		return c.free(t, columns, "idx")
	}
	first := columns[0]
	if first == "" {
		first = "functional_index"
	}
	name := first
	for n := 2; t.Index(c, name) != nil || strings.EqualFold(name, "PRIMARY"); n++ {
		name = fmt.Sprintf("%s_%d", first, n)
	}
	return name
}

// keyNames are the words by which PostgreSQL names an index: its columns, the functions of its
// expressions, and what it includes, each word once.
func keyNames(i ast.Index) (names []string) {
	add := func(name string) {
		one := name
		for n := 1; slices.Contains(names, one); n++ {
			one = fmt.Sprint(name, n)
		}
		names = append(names, one)
	}
	for _, k := range i.Keys {
		switch {
		case k.Column != "":
			add(k.Column)
		case k.Expr != nil && len(k.Expr.Functions) > 0 &&
			strings.HasPrefix(strings.ToLower(k.Expr.Text), k.Expr.Functions[0]+"("):
			parts := strings.Split(k.Expr.Functions[0], ".")
			add(parts[len(parts)-1])
		default:
			add("expr")
		}
	}
	for _, name := range i.Include {
		add(name)
	}
	return names
}
