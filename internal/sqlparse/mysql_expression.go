package sqlparse

import (
	"slices"
	"strings"
)

// mysqlWord reads what only MySQL and MariaDB have behind a word; read is false for other words.
func (c *cursor) mysqlWord(l lexeme) (o operand, read bool) {
	switch l.key {
	case "INTERVAL":
		return c.intervalOrCall(), true
	case "DEFAULT":
		c.next()
		if c.accept("(") {
			c.object("a column")
			c.want(")")
		}
		return operand{}, true
	case "MATCH":
		return c.match(), true
	case "CONVERT":
		if c.ahead(1).key == "(" {
			return c.convert(), true
		}
	case "NEXT", "PREVIOUS":
		if c.is(l.key, "VALUE", "FOR") {
			c.want(l.key, "VALUE", "FOR")
			c.object("a sequence")
			c.facts.calls("nextval")
			return operand{}, true
		}
	case "ROW":
		if c.ahead(1).key == "(" {
			c.next()
			c.row()
			return operand{class: values}, true
		}
	case "VALUE", "VALUES":
		if c.ahead(1).key == "(" {
			c.next()
			c.want("(")
			c.object("a column")
			c.want(")")
			return operand{}, true
		}
	}
	return operand{}, false
}

// units of an interval.
var units = []string{
	"MICROSECOND", "SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "QUARTER", "YEAR",
	"SECOND_MICROSECOND", "MINUTE_MICROSECOND", "MINUTE_SECOND", "HOUR_MICROSECOND", "HOUR_SECOND",
	"HOUR_MINUTE", "DAY_MICROSECOND", "DAY_SECOND", "DAY_MINUTE", "DAY_HOUR", "YEAR_MONTH",
}

func (c *cursor) isUnit(n int) bool {
	return slices.Contains(units, strings.TrimPrefix(c.ahead(n).key, "SQL_TSI_"))
}

func (c *cursor) unit() {
	if !c.isUnit(0) {
		c.wrong("a unit of time")
		return
	}
	c.next()
}

// interval reads INTERVAL value unit.
func (c *cursor) interval() {
	c.want("INTERVAL")
	c.expression(precedenceAny)
	c.unit()
}

// intervalOrCall tells an interval, to which something is added, from the function INTERVAL, which
// has several values.
func (c *cursor) intervalOrCall() operand {
	if !c.isInterval() {
		c.next()
		return c.call("interval")
	}
	c.interval()
	c.want("+")
	c.expression(precedenceMultiply)
	return operand{}
}

func (c *cursor) isInterval() bool {
	return c.is("INTERVAL") && (c.ahead(1).key != "(" || !c.severalIn(c.at+1))
}

// severalIn reports whether the parentheses at an index hold values with commas between them.
func (c *cursor) severalIn(at int) bool {
	for n := at + 1; n < len(c.lexemes); n++ {
		switch c.lexemes[n].key {
		case "(":
			n = c.closes(n)
		case ")":
			return false
		case ",":
			return true
		}
	}
	return false
}

// match reads MATCH (columns) AGAINST (words).
func (c *cursor) match() operand {
	c.want("MATCH")
	open := c.accept("(")
	c.list(func() { c.named() })
	if open {
		c.want(")")
	}
	c.want("AGAINST", "(")
	c.expression(precedenceBitOr)
	switch {
	case c.accept("IN", "BOOLEAN", "MODE"):
	case c.accept("IN", "NATURAL", "LANGUAGE", "MODE"):
		c.accept("WITH", "QUERY", "EXPANSION")
	case c.accept("WITH", "QUERY", "EXPANSION"):
	}
	c.want(")")
	return operand{class: condition}
}

// convert reads CONVERT(value, type) and CONVERT(value USING charset).
func (c *cursor) convert() operand {
	c.want("CONVERT", "(")
	o := c.expression(precedenceAny)
	if c.accept("USING") {
		c.charsetName()
	} else {
		c.want(",")
		c.castType()
	}
	c.want(")")
	if o.class == literal || o.class == nullValue {
		return o
	}
	c.facts.calls("convert")
	return operand{}
}

// charsetName reads the name of a character set.
func (c *cursor) charsetName() string {
	if l := c.peek(); l.kind == lexText || l.key == "BINARY" || l.key == "DEFAULT" {
		c.next()
		if l.kind == lexText {
			return strings.ToLower(c.value(l))
		}
		return strings.ToLower(l.key)
	}
	return strings.ToLower(c.name("a character set"))
}

// mysqlArguments reads the parentheses of a call: some functions have words between their values.
func (c *cursor) mysqlArguments(name string) {
	at := c.at
	c.want("(")
	switch name {
	case "EXTRACT":
		c.unit()
		c.want("FROM")
		c.expression(precedenceAny)
	case "TRIM", "LTRIM", "RTRIM":
		c.trim()
	case "SUBSTRING", "SUBSTR", "MID":
		c.expression(precedenceAny)
		if c.accept("FROM") {
			c.expression(precedenceAny)
			if c.accept("FOR") {
				c.expression(precedenceAny)
			}
		} else {
			c.rest()
		}
	case "POSITION":
		c.expression(precedenceBitOr)
		c.want("IN")
		c.expression(precedenceAny)
	case "TIMESTAMPADD", "TIMESTAMPDIFF":
		if name == "TIMESTAMPADD" && c.accept("FRAC_SECOND") {
			c.rest()
			break
		}
		c.unit()
		c.rest()
	case "DATE_ADD", "DATE_SUB", "ADDDATE", "SUBDATE":
		c.expression(precedenceAny)
		c.want(",")
		if !c.is("INTERVAL") {
			c.expression(precedenceAny)
		} else {
			c.interval()
		}
	default:
		c.at = min(at, len(c.lexemes))
		c.otherArguments(name)
		return
	}
	c.want(")")
}

// rest reads the values behind the first one.
func (c *cursor) rest() {
	for c.accept(",") {
		c.expression(precedenceAny)
	}
}

func (c *cursor) trim() {
	if c.acceptAny("LEADING", "TRAILING", "BOTH") != "" {
		if c.accept("FROM") {
			c.expression(precedenceAny)
			return
		}
		c.expression(precedenceAny)
		c.want("FROM")
		c.expression(precedenceAny)
		return
	}
	c.expression(precedenceAny)
	if c.accept("FROM") {
		c.expression(precedenceAny)
	}
	c.rest()
}

func (c *cursor) otherArguments(name string) {
	switch name {
	case "GET_FORMAT":
		c.want("(")
		if c.acceptAny("DATE", "TIME", "DATETIME", "TIMESTAMP") == "" {
			c.wrong("DATE, TIME or DATETIME")
		}
		c.rest()
		c.want(")")
	case "CHAR":
		c.want("(")
		c.list(func() { c.expression(precedenceAny) })
		if c.accept("USING") {
			c.charsetName()
		}
		c.want(")")
	case "WEIGHT_STRING":
		c.want("(")
		c.expression(precedenceAny)
		if c.accept("AS") {
			c.mysqlType()
		}
		if c.accept("LEVEL") {
			c.list(func() {
				c.number()
				for c.acceptAny("ASC", "DESC", "REVERSE", "-") != "" {
					if c.peek().kind == lexNumber {
						c.number()
					}
				}
			})
		}
		c.rest()
		c.want(")")
	case "JSON_VALUE":
		c.want("(")
		c.expression(precedenceAny)
		c.rest()
		if c.accept("RETURNING") {
			c.castType()
		}
		for c.isAny("NULL", "ERROR", "DEFAULT") {
			if c.next().key == "DEFAULT" {
				c.expression(precedenceUnary)
			}
			c.want("ON")
			if c.acceptAny("EMPTY", "ERROR") == "" {
				c.wrong("EMPTY or ERROR")
			}
		}
		c.want(")")
	default:
		c.arguments()
	}
}
