package sqlparse

import (
	"strings"

	"towpath/internal/ast"
)

// mysqlChange reads what changes rows, perhaps behind WITH.
func (c *cursor) mysqlChange() ast.Statement {
	named := &ast.Select{}
	at := c.at
	if c.is("WITH") {
		c.with(named)
	}
	switch {
	case c.is("INSERT"), c.is("REPLACE"):
		return ast.Statement{Insert: c.mysqlInsert()}
	case c.is("UPDATE"):
		return ast.Statement{Update: c.mysqlUpdate()}
	case c.is("DELETE"):
		return ast.Statement{Delete: c.mysqlDelete()}
	}
	if c.trouble == nil {
		c.at = at
	}
	return ast.Statement{Select: c.query()}
}

func (c *cursor) mysqlInsert() *ast.Insert {
	s := &ast.Insert{Upsert: c.next().key == "REPLACE"}
	c.acceptAny("LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY")
	if c.accept("IGNORE") {
		s.Upsert = true
	}
	c.accept("INTO")
	s.Table = c.object("a table")
	if c.accept("PARTITION") {
		c.names()
	}
	if c.is("(") && !c.isQueryIn() {
		c.want("(")
		if !c.accept(")") {
			c.list(func() { s.Columns = append(s.Columns, c.object("a column").Name) })
			c.want(")")
		}
	}
	c.source(s)
	if c.accept("AS") { // MySQL's name for the new rows
		c.name("a name")
		if c.is("(") {
			c.names()
		}
	}
	if c.accept("ON") {
		c.want("DUPLICATE", "KEY", "UPDATE")
		s.Upsert = true
		c.assignments()
	}
	c.returning()
	return s
}

// source reads the rows of an INSERT.
func (c *cursor) source(s *ast.Insert) {
	switch {
	case c.acceptAny("VALUES", "VALUE") != "":
		if c.is("ROW", "(") {
			c.list(func() {
				c.want("ROW")
				c.valuesOf(s)
			})
			break
		}
		c.list(func() {
			c.valuesOf(s)
		})
	case len(s.Columns) == 0 && c.accept("SET"):
		s.Columns = c.assignments()
		s.Rows = 1
	case c.isQuery(0):
		s.Query = c.query()
	default:
		c.wrong("VALUES, SET or a query")
	}
}

// valuesOf reads one row of VALUES.
func (c *cursor) valuesOf(s *ast.Insert) {
	if n := c.row(); s.Rows == 0 {
		s.Values = n
	}
	s.Rows++
}

// assignments reads column = value, and returns the columns.
func (c *cursor) assignments() (columns []string) {
	c.list(func() {
		columns = append(columns, c.object("a column").Name)
		if c.acceptAny("=", ":=") == "" {
			c.wrong("=")
		}
		c.exprAt(precedenceAny)
	})
	return columns
}

func (c *cursor) returning() {
	if c.accept("RETURNING") {
		c.list(func() { c.selected(&ast.Select{}) })
		c.into()
	}
}

func (c *cursor) mysqlUpdate() *ast.Update {
	s := &ast.Update{}
	c.want("UPDATE")
	c.accept("LOW_PRIORITY")
	c.accept("IGNORE")
	from := &ast.Select{}
	c.gathered(func() { c.tableReferences(from) })
	s.Tables = from.Tables
	c.portion()
	c.want("SET")
	s.Set = c.assignments()
	if c.accept("WHERE") {
		s.Where = c.where()
	}
	s.OrderBy, s.Limit = c.changeTail()
	return s
}

// portion reads MariaDB's FOR PORTION OF.
func (c *cursor) portion() {
	if c.accept("FOR", "PORTION", "OF") {
		c.name("a period")
		c.want("FROM")
		c.exprAt(precedenceAny)
		c.want("TO")
		c.exprAt(precedenceAny)
	}
}

// changeTail reads ORDER BY and LIMIT.
func (c *cursor) changeTail() (ordered, limited bool) {
	c.gathered(func() {
		if c.is("ORDER") {
			c.orderBy()
			ordered = true
		}
		limited = c.limit()
	})
	return ordered, limited
}

func (c *cursor) mysqlDelete() *ast.Delete {
	s := &ast.Delete{}
	c.want("DELETE")
	for c.acceptAny("LOW_PRIORITY", "QUICK", "IGNORE", "HISTORY") != "" {
		continue
	}
	from := c.accept("FROM")
	at := c.at
	s.Tables = c.targets()
	switch { // DELETE t FROM t JOIN …, and DELETE FROM t USING t JOIN …
	case !from:
		c.want("FROM")
		s.Tables = c.meant(s.Tables)
	case c.accept("USING"):
		s.Tables = c.meant(s.Tables)
	case c.trouble == nil:
		c.at = at
		s.Tables = []ast.Name{c.emptied()}
	}
	if c.accept("WHERE") {
		s.Where = c.where()
	}
	s.OrderBy, s.Limit = c.changeTail()
	c.returning()
	return s
}

// meant reads the tables that a DELETE looks at, and resolves the names that they have in it.
func (c *cursor) meant(targets []ast.Name) []ast.Name {
	c.aliases = map[string]ast.Name{}
	c.gathered(func() { c.tableReferences(&ast.Select{}) })
	for i, t := range targets {
		if table, known := c.aliases[strings.ToLower(t.Name)]; known && t.Schema == "" {
			targets[i] = table
		}
	}
	return targets
}

// emptied reads the one table of a DELETE.
func (c *cursor) emptied() ast.Name {
	n := c.object("a table")
	if c.accept("PARTITION") {
		c.names()
	}
	c.portion()
	if c.accept("BEFORE") { // the history of a table with system versioning
		c.want("SYSTEM_TIME")
		if c.is("TIMESTAMP") && c.ahead(1).kind != lexText {
			c.next()
		}
		c.accept("TRANSACTION")
		c.exprAt(precedenceAny)
	}
	if !c.isHint() {
		c.alias()
	}
	c.indexHints()
	c.portion()
	return n
}

// targets reads the tables whose rows a DELETE of several tables removes.
func (c *cursor) targets() (names []ast.Name) {
	c.list(func() { names = append(names, c.target()) })
	return names
}

// target reads a table, perhaps with .* behind it.
func (c *cursor) target() ast.Name {
	n := ast.Name{Name: c.name("a table")}
	for range 2 {
		if !c.accept(".") || c.accept("*") {
			break
		}
		n.Catalog, n.Schema, n.Name = n.Schema, n.Name, c.label()
	}
	return n
}
