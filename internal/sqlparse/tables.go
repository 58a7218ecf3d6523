package sqlparse

import (
	"strings"

	"towpath/internal/ast"
)

// tableReferences reads the tables behind FROM.
func (c *cursor) tableReferences(q *ast.Select) {
	c.list(func() { c.joined(q) })
}

// joined reads one table and those joined to it.
func (c *cursor) joined(q *ast.Select) {
	if !c.enter() {
		return
	}
	defer c.leave()
	c.tableFactor(q)
	open := 0 // conditions that outer joins still need: a LEFT JOIN b LEFT JOIN c ON … ON …
	for c.trouble == nil {
		outer := c.isAny("LEFT", "RIGHT")
		if !c.join() {
			break
		}
		c.tableFactor(q)
		if !c.joinCondition() && outer && c.mysql {
			open++
		}
	}
	for c.trouble == nil && c.joinCondition() {
		open--
	}
	if open > 0 {
		c.wrong("ON or USING")
	}
}

func (c *cursor) joinCondition() bool {
	switch {
	case c.accept("ON"):
		c.expression(precedenceAny)
	case c.accept("USING"):
		c.names()
	default:
		return false
	}
	return true
}

// join passes over the words of a join, if one comes next.
func (c *cursor) join() bool {
	if c.mysql && c.accept("STRAIGHT_JOIN") {
		return true
	}
	at := c.at
	c.accept("NATURAL")
	if c.acceptAny("LEFT", "RIGHT", "FULL") != "" {
		c.accept("OUTER")
	} else {
		c.acceptAny("INNER", "CROSS")
	}
	if c.accept("JOIN") {
		return true
	}
	if c.at != at {
		c.wrong("JOIN")
	}
	return false
}

// tableFactor reads one table, a query that takes its place, or joins in parentheses.
func (c *cursor) tableFactor(q *ast.Select) {
	switch {
	case c.mysql && c.accept("LATERAL"):
		c.derived(q)
	case c.isQueryIn():
		c.derived(q)
	case c.accept("("):
		c.tableReferences(q)
		c.want(")")
		if !c.mysql {
			c.alias()
		}
	case c.mysql && c.is("{"):
		c.want("{")
		c.name("OJ")
		c.joined(q)
		c.want("}")
	case c.mysql && c.is("JSON_TABLE", "("):
		c.jsonTable()
	default:
		c.namedTable(q)
	}
}

// derived reads a query in parentheses with its name.
func (c *cursor) derived(q *ast.Select) {
	c.want("(")
	c.sum(q, c.query())
	c.want(")")
	c.alias()
	if c.is("(") {
		c.names()
	}
}

func (c *cursor) namedTable(q *ast.Select) {
	name := c.object("a table")
	if c.is("(") && !c.mysql { // a function that makes a table
		c.arguments()
		c.alias()
		return
	}
	q.Tables = c.tablesOf(q.Tables, []ast.Name{name})
	if c.mysql {
		if c.accept("PARTITION") {
			c.names()
		}
		c.systemTime()
		if !c.isHint() {
			c.called(name)
		}
		if c.accept("TABLESAMPLE") {
			c.acceptAny("SYSTEM", "BERNOULLI")
			c.skipParentheses()
		}
		c.indexHints()
		return
	}
	if !c.is("INDEXED") && !c.is("NOT") {
		c.alias()
	}
	switch {
	case c.accept("INDEXED", "BY"):
		c.name("an index")
	case c.accept("NOT", "INDEXED"):
	}
}

// called reads the name that a table has in its statement.
func (c *cursor) called(table ast.Name) {
	alias := c.alias()
	if c.aliases != nil && len(c.aliases) < maxFacts {
		if alias == "" {
			alias = table.Name
		}
		c.aliases[strings.ToLower(alias)] = table
	}
}

// systemTime reads MariaDB's FOR SYSTEM_TIME.
func (c *cursor) systemTime() {
	if !c.accept("FOR", "SYSTEM_TIME") {
		return
	}
	point := func() {
		if !c.accept("TRANSACTION") {
			if c.is("TIMESTAMP") && c.ahead(1).kind != lexText && c.ahead(1).key != "(" {
				c.next()
			}
		}
		c.exprAt(precedenceBitOr)
	}
	switch {
	case c.accept("ALL"):
	case c.accept("AS", "OF"):
		point()
	case c.accept("BETWEEN"):
		point()
		c.want("AND")
		point()
	case c.accept("FROM"):
		point()
		c.want("TO")
		point()
	default:
		c.unread("ALL, AS OF, BETWEEN or FROM")
	}
}

func (c *cursor) isHint() bool {
	return c.isAny("USE", "FORCE", "IGNORE") && (c.ahead(1).key == "INDEX" || c.ahead(1).key == "KEY")
}

// indexHints reads USE INDEX and its like.
func (c *cursor) indexHints() {
	for c.isHint() {
		c.next()
		c.next()
		if c.accept("FOR") && !c.accept("JOIN") && !c.accept("ORDER", "BY") && !c.accept("GROUP", "BY") {
			c.wrong("JOIN, ORDER BY or GROUP BY")
		}
		c.want("(")
		if !c.is(")") {
			c.list(func() {
				if !c.accept("PRIMARY") {
					c.name("an index")
				}
			})
		}
		c.want(")")
		if c.is(",") && (c.ahead(1).key == "USE" || c.ahead(1).key == "FORCE" || c.ahead(1).key == "IGNORE") {
			c.next()
		}
	}
}

// jsonTable reads JSON_TABLE, whose columns are no part of the tree.
func (c *cursor) jsonTable() {
	c.want("JSON_TABLE", "(")
	c.expression(precedenceAny)
	c.want(",")
	c.string("a path")
	c.want("COLUMNS")
	c.skipParentheses()
	c.want(")")
	c.alias()
}

// orderBy reads ORDER BY, and reports whether it is by chance.
func (c *cursor) orderBy() (random bool) {
	c.want("ORDER", "BY")
	c.list(func() {
		l := c.peek()
		random = random || ((l.key == "RAND" || l.key == "RANDOM") && c.ahead(1).key == "(")
		c.ordered()
	})
	return random
}

// ordered reads one expression that rows are ordered by.
func (c *cursor) ordered() {
	c.expression(precedenceAny)
	c.acceptAny("ASC", "DESC")
	if !c.mysql && c.accept("NULLS") && c.acceptAny("FIRST", "LAST") == "" {
		c.wrong("FIRST or LAST")
	}
}

// count reads a number of rows, which is no expression in MySQL.
func (c *cursor) count() {
	l := c.peek()
	if c.mysql && l.kind != lexNumber && l.kind != lexVariable && l.key != "?" && !c.isName() {
		c.wrong("a number of rows")
		return
	}
	c.expression(precedenceBitOr)
}

// limit reads LIMIT, and reports whether there is one.
func (c *cursor) limit() bool {
	if c.accept("LIMIT") {
		if c.mysql && c.accept("ROWS", "EXAMINED") {
			c.count()
			return true
		}
		c.count()
		if c.accept(",") || c.accept("OFFSET") {
			c.count()
		}
		if c.mysql && c.accept("ROWS", "EXAMINED") {
			c.expression(precedenceBitOr)
		}
		return true
	}
	if !c.mysql || !c.isAny("OFFSET", "FETCH") {
		return false
	}
	if c.accept("OFFSET") {
		c.expression(precedenceBitOr)
		c.acceptAny("ROW", "ROWS")
	}
	if c.accept("FETCH") {
		c.acceptAny("FIRST", "NEXT")
		if !c.isAny("ROW", "ROWS") {
			c.expression(precedenceBitOr)
		}
		c.acceptAny("ROW", "ROWS")
		if !c.accept("ONLY") {
			c.want("WITH", "TIES")
		}
	}
	return true
}

// tail reads what ends a query.
func (c *cursor) tail(q *ast.Select) {
	known := c.summed(q, func() {
		if c.is("ORDER") {
			q.OrderByRand = c.orderBy() || q.OrderByRand
		}
		q.Limit = c.limit() || q.Limit
	})
	c.sum(q, &ast.Select{Functions: known.functions})
	if c.mysql {
		if c.accept("PROCEDURE") {
			c.name("a procedure")
			c.skipParentheses()
		}
		c.into()
		c.locking()
		c.into()
	}
}

// into reads MySQL's INTO.
func (c *cursor) into() {
	if !c.mysql || !c.accept("INTO") {
		return
	}
	switch {
	case c.accept("OUTFILE"):
		c.string("a file")
		if c.accept("CHARACTER", "SET") || c.accept("CHARSET") {
			c.next()
		}
		c.exportOptions()
	case c.accept("DUMPFILE"):
		c.string("a file")
	default:
		c.list(func() {
			if c.peek().kind == lexVariable {
				c.next()
				return
			}
			c.object("a variable")
		})
	}
}

// exportOptions reads FIELDS … and LINES … of a file.
func (c *cursor) exportOptions() {
	for c.acceptAny("FIELDS", "COLUMNS", "LINES") != "" {
		for c.acceptAny("TERMINATED", "ENCLOSED", "ESCAPED", "STARTING", "OPTIONALLY", "BY") != "" ||
			c.peek().kind == lexText {
			if c.peek().kind == lexText {
				c.next()
			}
		}
	}
}

// locking reads FOR UPDATE and its like.
func (c *cursor) locking() {
	for {
		switch {
		case c.accept("LOCK", "IN", "SHARE", "MODE"):
		case c.accept("FOR", "UPDATE"), c.accept("FOR", "SHARE"):
			if c.accept("OF") {
				c.list(func() { c.object("a table") })
			}
		default:
			return
		}
		if !c.accept("NOWAIT") && !c.accept("SKIP", "LOCKED") && c.accept("WAIT") {
			c.number()
		}
	}
}
