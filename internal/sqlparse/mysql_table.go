package sqlparse

import (
	"slices"
	"strings"

	"towpath/internal/ast"
)

// createTable reads CREATE TABLE behind its first words.
func (c *cursor) createTable(head createHead) ast.Statement {
	s := &ast.CreateTable{OrReplace: head.replace, Temporary: head.temporary}
	s.IfNotExists = c.ifNotExists()
	s.Name = c.object("a table")
	made := ast.Statement{CreateTable: s}
	if c.likeTable(s, false) {
		return made
	}
	if c.is("(") && !c.isQueryIn() {
		c.want("(")
		if c.likeTable(s, true) {
			return made
		}
		c.list(func() { c.tableElement(s) })
		c.want(")")
	}
	c.tableOptions(s)
	if c.is("PARTITION") {
		s.PartitionBy = c.partitionBy()
	}
	if c.accept("WITH", "SYSTEM", "VERSIONING") {
		s.Versioned = true
	}
	if c.acceptAny("IGNORE", "REPLACE") != "" && !c.is("AS") && !c.isQuery(0) {
		c.wrong("a query")
	}
	as := c.accept("AS")
	if as || c.isQuery(0) {
		s.As = c.query()
	}
	if s.As == nil && len(s.Columns) == 0 {
		c.wrong("columns or a query")
	}
	return made
}

// likeTable reads LIKE table.
func (c *cursor) likeTable(s *ast.CreateTable, inside bool) bool {
	if !c.accept("LIKE") {
		return false
	}
	like := c.object("a table")
	s.Like = &like
	if inside {
		c.want(")")
	}
	return true
}

func (c *cursor) ifNotExists() bool { return c.conditional("NOT") }

func (c *cursor) ifExists() bool {
	if !c.accept("IF") {
		return false
	}
	c.want("EXISTS")
	return true
}

func (c *cursor) conditional(word string) bool {
	if !c.accept("IF") {
		return false
	}
	c.want(word, "EXISTS")
	return true
}

// tableElement reads a column, a key or a constraint of a new table.
func (c *cursor) tableElement(s *ast.CreateTable) {
	if made, index := c.key(); made != nil {
		s.Constraints = append(s.Constraints, *made)
		return
	} else if index != nil {
		s.Indexes = append(s.Indexes, *index)
		return
	}
	if c.accept("PERIOD", "FOR") {
		s.Periods = append(s.Periods, c.period())
		return
	}
	s.Columns = append(s.Columns, *c.mysqlColumn())
}

// period reads PERIOD FOR behind these words.
func (c *cursor) period() (p ast.Period) {
	c.ifNotExists()
	p.Name = c.name("a period")
	c.want("(")
	p.From = c.name("a column")
	c.want(",")
	p.To = c.name("a column")
	c.want(")")
	return p
}

// key reads a constraint or an index of a table. Both are nil when something else comes next.
func (c *cursor) key() (made *ast.Constraint, index *ast.Index) {
	pos, name := c.pos(), ""
	if c.accept("CONSTRAINT") {
		c.ifNotExists()
		if !c.isAny("PRIMARY", "UNIQUE", "FOREIGN", "CHECK") {
			name = c.name("a name")
		}
		if !c.isAny("PRIMARY", "UNIQUE", "FOREIGN", "CHECK") {
			c.wrong("PRIMARY KEY, UNIQUE, FOREIGN KEY or CHECK")
			return nil, nil
		}
	}
	made = &ast.Constraint{Pos: pos, Name: name}
	switch {
	case c.accept("PRIMARY"):
		c.want("KEY")
		made.Kind = ast.PrimaryKey
		c.ifNotExists()
		c.constraintColumns(made, false)
	case c.accept("UNIQUE"):
		c.acceptAny("KEY", "INDEX")
		made.Kind = ast.Unique
		c.ifNotExists()
		c.constraintColumns(made, true)
	case c.accept("FOREIGN"):
		c.want("KEY")
		made.Kind = ast.ForeignKey
		c.ifNotExists()
		if !c.is("(") {
			if own := c.name("a name"); made.Name == "" {
				made.Name = own
			}
		}
		made.Columns = c.keyParts()
		made.References = c.references()
	case c.accept("CHECK"):
		c.checkOf(made)
	case c.isAny("INDEX", "KEY", "FULLTEXT", "SPATIAL") || (c.is("VECTOR") && c.isVectorKey()):
		return nil, c.tableIndex()
	default:
		return nil, nil
	}
	return made, nil
}

// isVectorKey tells MariaDB's VECTOR INDEX from a column whose name is vector.
func (c *cursor) isVectorKey() bool {
	key := c.ahead(1).key
	return key == "INDEX" || key == "KEY" || key == "("
}

// constraintColumns reads the name, the method and the columns of a primary key or a unique one.
func (c *cursor) constraintColumns(made *ast.Constraint, named bool) {
	if c.isName() && !c.isMethod() {
		if own := c.name("a name"); named {
			made.Name = own
		}
	}
	c.indexMethod()
	made.Columns = c.keyParts()
	c.indexOptions(&ast.Index{})
}

// tableIndex reads an index that is no constraint.
func (c *cursor) tableIndex() *ast.Index {
	index := &ast.Index{Pos: c.pos()}
	if kind := c.acceptAny("FULLTEXT", "SPATIAL", "VECTOR"); kind != "" {
		index.Method = strings.ToLower(kind)
	}
	c.acceptAny("INDEX", "KEY")
	c.ifNotExists()
	if c.isName() && !c.isMethod() {
		index.Name = c.name("a name")
	}
	if method := c.indexMethod(); method != "" {
		index.Method = method
	}
	index.Keys = c.keyParts()
	c.indexOptions(index)
	return index
}

var indexMethods = []string{"BTREE", "HASH", "RTREE", "HNSW"}

// isMethod reports whether the method of an index comes next, and no index whose name is type.
func (c *cursor) isMethod() bool {
	return c.isAny("USING", "TYPE") && slices.Contains(indexMethods, c.ahead(1).key)
}

func (c *cursor) indexMethod() string {
	if !c.accept("USING") && !c.accept("TYPE") {
		return ""
	}
	method := c.acceptAny(indexMethods...)
	if method == "" {
		c.wrong("BTREE, HASH or RTREE")
	}
	return strings.ToLower(method)
}

// keyParts reads the columns of an index.
func (c *cursor) keyParts() (keys []ast.Key) {
	c.parenthesized(func() {
		key := ast.Key{}
		if c.is("(") {
			c.want("(")
			key.Expr = c.expr()
			c.want(")")
		} else {
			key.Column = c.name("a column")
			if c.accept("(") {
				key.Length = number(c.number())
				c.want(")")
			}
		}
		key.Desc = c.acceptAny("ASC", "DESC") == "DESC"
		c.accept("WITHOUT", "OVERLAPS")
		keys = append(keys, key)
	})
	return keys
}

// number is a length; 0 when it is none that fits.
func number(digits string) int {
	n := 0
	for _, d := range digits {
		if d < '0' || d > '9' || n > 1<<40 {
			return 0
		}
		n = 10*n + int(d-'0')
	}
	return n
}

// indexOptions reads what follows the columns of an index.
func (c *cursor) indexOptions(index *ast.Index) {
	for c.trouble == nil {
		switch {
		case c.isAny("USING", "TYPE"):
			index.Method = c.indexMethod()
		case c.accept("COMMENT"):
			c.accept("=")
			index.Comment = c.string("a comment")
		case c.accept("KEY_BLOCK_SIZE"):
			c.accept("=")
			c.number()
		case c.accept("WITH", "PARSER"):
			c.name("a parser")
		case c.accept("INVISIBLE"), c.accept("IGNORED"):
			index.Invisible = true
		case c.accept("VISIBLE"), c.accept("NOT", "IGNORED"):
		case c.accept("NOT", "VISIBLE"):
			index.Invisible = true
		case c.isAny("ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE"):
			c.next()
			c.accept("=")
			c.string("a string")
		case (c.peek().kind == lexWord || c.peek().kind == lexName) && c.ahead(1).key == "=" &&
			!c.isAny("ALGORITHM", "LOCK"):
			c.next()
			c.next()
			c.optionValue()
		default:
			return
		}
	}
}

// checkOf reads the condition of a CHECK.
func (c *cursor) checkOf(made *ast.Constraint) {
	made.Kind = ast.Check
	c.want("(")
	made.Check = c.expr()
	c.want(")")
	if c.accept("NOT", "ENFORCED") {
		made.NotEnforced = true
	} else {
		c.accept("ENFORCED")
	}
}

// references reads what a foreign key refers to.
func (c *cursor) references() *ast.Reference {
	c.want("REFERENCES")
	r := &ast.Reference{Table: c.object("a table")}
	if c.is("(") {
		for _, key := range c.keyParts() {
			r.Columns = append(r.Columns, key.Column)
		}
	}
	if c.accept("MATCH") && c.acceptAny("FULL", "PARTIAL", "SIMPLE") == "" {
		c.wrong("FULL, PARTIAL or SIMPLE")
	}
	for c.is("ON", "DELETE") || c.is("ON", "UPDATE") {
		c.next()
		if c.next().key == "DELETE" {
			r.OnDelete = c.referenceAction()
		} else {
			r.OnUpdate = c.referenceAction()
		}
	}
	return r
}

func (c *cursor) referenceAction() string {
	switch {
	case c.accept("CASCADE"):
		return "cascade"
	case c.accept("RESTRICT"):
		return "restrict"
	case c.accept("SET", "NULL"):
		return "set null"
	case c.accept("SET", "DEFAULT"):
		return "set default"
	case c.accept("NO", "ACTION"):
		return ""
	}
	c.wrong("CASCADE, RESTRICT, SET NULL or NO ACTION")
	return ""
}
