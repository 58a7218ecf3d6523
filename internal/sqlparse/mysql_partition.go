package sqlparse

import "strings"

// partitionBy reads PARTITION BY with its partitions, and returns the way rows are spread.
func (c *cursor) partitionBy() string {
	c.want("PARTITION", "BY")
	way := c.spread()
	if c.accept("PARTITIONS") {
		c.number()
	}
	if c.accept("SUBPARTITION") {
		c.want("BY")
		c.spread()
		if c.accept("SUBPARTITIONS") {
			c.number()
		}
	}
	if c.is("(") && !c.isQueryIn() {
		c.parenthesized(c.partition)
	}
	return way
}

// spread reads how rows are spread over partitions.
func (c *cursor) spread() string {
	c.accept("LINEAR")
	way := c.acceptAny("HASH", "KEY", "RANGE", "LIST", "SYSTEM_TIME")
	switch way {
	case "":
		c.unread("RANGE, LIST, HASH or KEY")
	case "KEY":
		if c.accept("ALGORITHM") {
			c.want("=")
			c.number()
		}
		c.want("(")
		if !c.is(")") {
			c.list(func() { c.name("a column") })
		}
		c.want(")")
	case "SYSTEM_TIME":
		c.systemPartitions()
	default:
		if c.acceptAny("COLUMNS", "FIELDS") != "" {
			c.names()
			break
		}
		c.want("(")
		c.exprAt(precedenceAny)
		c.want(")")
	}
	return strings.ToLower(way)
}

// systemPartitions reads how MariaDB spreads the history of rows.
func (c *cursor) systemPartitions() {
	if c.accept("INTERVAL") {
		c.exprAt(precedenceAny)
		c.unit()
		if c.accept("STARTS") {
			if c.is("TIMESTAMP") && c.ahead(1).kind != lexText {
				c.next()
			}
			c.exprAt(precedenceBitOr)
		}
	}
	if c.accept("LIMIT") {
		c.number()
	}
	c.accept("AUTO")
}

// partition reads one partition.
func (c *cursor) partition() {
	c.accept("PARTITION") // MariaDB goes without
	c.name("a partition")
	c.partitionValues()
	c.partitionOptions()
	if c.accept("(") {
		c.list(func() {
			c.want("SUBPARTITION")
			if c.peek().kind == lexText {
				c.next()
			} else {
				c.name("a partition")
			}
			c.partitionOptions()
		})
		c.want(")")
	}
}

// partitionValues reads which rows a partition has.
func (c *cursor) partitionValues() {
	switch {
	case c.accept("VALUES", "LESS", "THAN"):
		if !c.accept("MAXVALUE") {
			c.parenthesized(c.bounds)
		}
	case c.accept("VALUES", "IN"):
		c.parenthesized(c.bounds)
	case c.accept("VALUES"):
		c.wrong("LESS THAN or IN")
	case c.accept("DEFAULT"), c.accept("HISTORY"), c.accept("CURRENT"):
	}
}

func (c *cursor) bounds() {
	if !c.enter() {
		return
	}
	defer c.leave()
	switch {
	case c.accept("MAXVALUE"), c.accept("DEFAULT"):
	case c.is("(") && !c.isQueryIn():
		c.parenthesized(c.bounds)
		for c.precedence() > 0 { // an expression that begins with a parenthesis
			c.next()
			c.exprAt(precedenceAny)
		}
	default:
		c.exprAt(precedenceAny)
	}
}

func (c *cursor) partitionOptions() {
	for {
		switch {
		case c.accept("STORAGE"):
			c.want("ENGINE")
			c.accept("=")
			c.optionValue()
		case c.is("DATA", "DIRECTORY"), c.is("INDEX", "DIRECTORY"):
			c.next()
			c.next()
			c.accept("=")
			c.string("a directory")
		case c.acceptAny("ENGINE", "COMMENT", "MAX_ROWS", "MIN_ROWS", "TABLESPACE", "NODEGROUP") != "":
			c.accept("=")
			c.optionValue()
		case (c.peek().kind == lexWord || c.peek().kind == lexName) && c.ahead(1).key == "=":
			c.next()
			c.next()
			c.optionValue()
		default:
			return
		}
	}
}
