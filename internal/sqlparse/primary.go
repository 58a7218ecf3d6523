package sqlparse

import (
	"slices"
	"strings"

	"towpath/internal/ast"
)

// primary reads an expression without operators around it.
func (c *cursor) primary() operand {
	l := c.peek()
	switch l.kind {
	case lexEnd:
		c.wrong("a value")
		return operand{}
	case lexNumber:
		c.next()
		return operand{class: literal, always: strings.Trim(c.textOf(l), "0.") != ""}
	case lexText:
		for c.next(); c.mysql && c.peek().kind == lexText; {
			c.next()
		}
		return operand{class: literal}
	case lexVariable:
		c.next()
		return operand{}
	case lexSymbol:
		return c.sign(l)
	case lexName:
		return c.named()
	}
	if follows := c.ahead(1); follows.kind == lexText && c.introduces(l.key) {
		c.next()
		c.next()
		return operand{class: literal}
	} else if c.mysql && l.key[0] == '_' && (follows.kind == lexNumber ||
		(c.ahead(2).kind == lexText && (follows.key == "X" || follows.key == "B"))) {
		c.next() // a character set for a number
		return c.primary()
	}
	return c.word(l)
}

// introduces reports whether a word in front of a string belongs to it.
func (c *cursor) introduces(key string) bool {
	if key == "X" {
		return true
	}
	return c.mysql && (key == "B" || key == "N" || key[0] == '_' || key == "DATE" || key == "TIME" ||
		key == "TIMESTAMP")
}

func (c *cursor) sign(l lexeme) operand {
	switch l.key {
	case "(":
		return c.group()
	case "?", ":", "$", "#":
		c.next()
		return operand{}
	case ".": // MySQL's .table.column
		if c.mysql && c.ahead(2).key == "." {
			c.next()
			return c.named()
		}
	case "\\": // MySQL's \N
		if c.mysql && c.ahead(1).key == "N" {
			c.next()
			c.next()
			return operand{class: nullValue}
		}
	case "{":
		if c.mysql && c.ahead(1).kind == lexWord { // {d '2030-01-01'}
			c.next()
			c.next()
			c.expression(precedenceAny)
			c.want("}")
			return operand{class: literal}
		}
	case "*":
		if c.mysql {
			break
		}
	}
	c.wrong("a value")
	return operand{}
}

// group reads parentheses around an expression, several, or a query.
func (c *cursor) group() operand {
	if c.isQueryIn() {
		c.subquery()
		return operand{}
	}
	if !c.enter() {
		return operand{}
	}
	defer c.leave()
	c.want("(")
	o := c.expression(precedenceAny)
	for c.accept(",") {
		c.expression(precedenceAny)
		o = operand{class: values}
	}
	c.want(")")
	return o
}

// word reads an expression that begins with a bare word.
func (c *cursor) word(l lexeme) operand {
	switch l.key {
	case "NULL":
		c.next()
		return operand{class: nullValue}
	case "TRUE":
		c.next()
		return operand{class: literal, always: true}
	case "FALSE":
		c.next()
		return operand{class: literal, never: true}
	case "EXISTS":
		if c.ahead(1).key == "(" {
			c.next()
			c.subquery()
			return operand{class: condition}
		}
	case "CASE":
		return c.cases()
	case "CAST":
		if c.ahead(1).key == "(" {
			return c.cast()
		}
	case "RAISE":
		if !c.mysql && c.ahead(1).key == "(" {
			c.next()
			c.skipParentheses()
			return operand{}
		}
	}
	if c.mysql {
		if o, read := c.mysqlWord(l); read {
			return o
		}
	}
	if slices.Contains(bareFunctions, l.key) && c.ahead(1).key != "." && c.ahead(1).key != "(" {
		c.next()
		c.facts.calls(l.key)
		return operand{}
	}
	return c.named()
}

// bareFunctions need no parentheses.
var bareFunctions = []string{
	"CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_USER", "CURRENT_ROLE", "LOCALTIME",
	"LOCALTIMESTAMP", "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP",
}

// keyedFunctions are functions whose names are reserved words.
var keyedFunctions = []string{
	"CHAR", "LEFT", "RIGHT", "IF", "REPLACE", "INSERT", "REPEAT", "DATABASE", "SCHEMA", "MOD", "TRUNCATE",
	"CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "CURRENT_USER", "CURRENT_ROLE", "LOCALTIME",
	"LOCALTIMESTAMP", "UTC_DATE", "UTC_TIME", "UTC_TIMESTAMP", "CONVERT", "VALUES", "ROW", "LIKE", "GLOB",
	"INTERVAL", "RANK", "DENSE_RANK", "ROW_NUMBER", "NTILE", "LAG", "LEAD", "FIRST_VALUE", "LAST_VALUE",
	"NTH_VALUE", "PERCENT_RANK", "CUME_DIST", "MATCH", "REGEXP",
}

// named reads a column, or the call of a function.
func (c *cursor) named() operand {
	l := c.peek()
	if l.kind == lexWord && c.ahead(1).key == "(" && slices.Contains(keyedFunctions, l.key) {
		c.next()
		return c.call(l.key)
	}
	name := c.object("a value")
	if c.trouble != nil {
		return operand{}
	}
	if c.is("(") {
		return c.call(name.String())
	}
	c.facts.columns = append(c.facts.columns, name.Name)
	return operand{class: column}
}

// cases reads CASE.
func (c *cursor) cases() operand {
	c.want("CASE")
	if !c.is("WHEN") {
		c.expression(precedenceAny)
	}
	for {
		c.want("WHEN")
		c.expression(precedenceAny)
		c.want("THEN")
		c.expression(precedenceAny)
		if !c.is("WHEN") {
			break
		}
	}
	if c.accept("ELSE") {
		c.expression(precedenceAny)
	}
	c.want("END")
	return operand{}
}

// cast reads CAST(value AS type).
func (c *cursor) cast() operand {
	c.want("CAST", "(")
	o := c.expression(precedenceAny)
	c.want("AS")
	c.castType()
	c.want(")")
	if o.class == literal || o.class == nullValue {
		return o
	}
	c.facts.calls("cast")
	return operand{}
}

// castType reads the type of a cast.
func (c *cursor) castType() {
	if !c.mysql {
		c.sqliteType()
		return
	}
	if !c.accept("UNSIGNED") && !c.accept("SIGNED") {
		col := ast.Column{Type: c.mysqlType()}
		for c.typeAttribute(&col) {
			continue
		}
	} else {
		c.acceptAny("INTEGER", "INT")
	}
	c.accept("ARRAY")
	if c.accept("AT", "TIME", "ZONE") {
		c.accept("INTERVAL")
		c.string("a time zone")
	}
}

// call reads the arguments of a function, and its window.
func (c *cursor) call(name string) operand {
	c.facts.calls(name)
	if c.mysql {
		c.mysqlArguments(strings.ToUpper(name))
	} else {
		c.arguments()
	}
	if c.accept("FILTER") {
		c.want("(", "WHERE")
		c.expression(precedenceAny)
		c.want(")")
	}
	if c.accept("WITHIN", "GROUP") {
		c.want("(")
		c.orderBy()
		c.want(")")
	}
	if c.accept("FROM", "FIRST") || c.accept("FROM", "LAST") || c.accept("RESPECT", "NULLS") ||
		c.accept("IGNORE", "NULLS") {
		c.accept("RESPECT", "NULLS")
		c.accept("IGNORE", "NULLS")
	}
	if c.accept("OVER") {
		c.window()
	}
	return operand{}
}

// arguments reads the parentheses of a call.
func (c *cursor) arguments() {
	c.want("(")
	switch {
	case c.accept(")"):
		return
	case c.is("*", ")"):
		c.next()
	default:
		if c.acceptAny("DISTINCT", "ALL", "DISTINCTROW") != "" && c.mysql {
			c.accept("ALL")
		}
		c.list(func() { c.argument() })
	}
	if c.is("ORDER") {
		c.orderBy()
	}
	if c.mysql {
		if c.accept("SEPARATOR") {
			c.string("a separator")
		}
		c.limit()
	}
	c.want(")")
}

// argument reads one argument, which some functions give a name.
func (c *cursor) argument() {
	if c.isQuery(0) && !c.is("(") && !c.mysql {
		c.wrong("a value")
		return
	}
	c.expression(precedenceAny)
	if c.mysql && c.accept("AS") {
		c.name("a name")
	}
}

// window reads what stands behind OVER or WINDOW name AS.
func (c *cursor) window() {
	if !c.is("(") {
		c.name("a window")
		return
	}
	c.want("(")
	if c.isName() && !c.isAny("PARTITION", "ORDER", "ROWS", "RANGE", "GROUPS") {
		c.name("a window")
	}
	if c.accept("PARTITION", "BY") {
		c.list(func() { c.expression(precedenceAny) })
	}
	if c.is("ORDER") {
		c.orderBy()
	}
	if c.acceptAny("ROWS", "RANGE", "GROUPS") != "" {
		if c.accept("BETWEEN") {
			c.frameBound()
			c.want("AND")
		}
		c.frameBound()
		if c.accept("EXCLUDE") && !c.accept("NO", "OTHERS") && !c.accept("CURRENT", "ROW") &&
			c.acceptAny("GROUP", "TIES") == "" {
			c.unread("what the frame leaves out")
		}
	}
	c.want(")")
}

func (c *cursor) frameBound() {
	if c.accept("CURRENT", "ROW") {
		return
	}
	if !c.accept("UNBOUNDED") {
		if c.mysql && c.is("INTERVAL") {
			c.interval()
		} else {
			c.expression(precedenceCompare)
		}
	}
	if c.acceptAny("PRECEDING", "FOLLOWING") == "" {
		c.wrong("PRECEDING or FOLLOWING")
	}
}
