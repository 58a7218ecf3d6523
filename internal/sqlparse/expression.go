package sqlparse

import (
	"strings"
)

// How tightly operators bind. Both dialects fit in one order, but for || and NOT.
// https://dev.mysql.com/doc/refman/8.4/en/operator-precedence.html
// https://www.sqlite.org/lang_expr.html
const (
	precedenceAny = iota
	precedenceAssign
	precedenceOr
	precedenceXor
	precedenceAnd
	precedenceNot
	precedenceCompare
	precedenceOrder // SQLite's < and >
	precedenceBitOr
	precedenceBitAnd
	precedenceShift
	precedenceAdd
	precedenceMultiply
	precedencePower // MySQL's ^
	precedenceConcat
	precedenceCollate
	precedenceUnary
)

// precedence of the operator that comes next; 0 when none comes.
func (c *cursor) precedence() int {
	switch c.peek().key {
	case ":=":
		return c.only(c.mysql, precedenceAssign)
	case "OR":
		return precedenceOr
	case "||":
		if c.mysql {
			return precedenceOr
		}
		return precedenceConcat
	case "XOR":
		return c.only(c.mysql, precedenceXor)
	case "AND":
		return precedenceAnd
	case "&&":
		return c.only(c.mysql, precedenceAnd)
	case "=", "<>", "!=", "IS", "LIKE", "REGEXP", "IN", "BETWEEN":
		return precedenceCompare
	case "==", "GLOB", "MATCH", "ISNULL", "NOTNULL":
		return c.only(!c.mysql, precedenceCompare)
	case "RLIKE", "<=>", "SOUNDS", "MEMBER":
		return c.only(c.mysql, precedenceCompare)
	case "NOT":
		return c.negated()
	case "<", ">", "<=", ">=":
		if c.mysql {
			return precedenceCompare
		}
		return precedenceOrder
	}
	return c.arithmetic()
}

func (c *cursor) only(here bool, precedence int) int {
	if here {
		return precedence
	}
	return 0
}

// negated is the precedence of NOT in front of LIKE, IN and others.
func (c *cursor) negated() int {
	switch c.ahead(1).key {
	case "LIKE", "IN", "BETWEEN", "REGEXP":
		return precedenceCompare
	case "RLIKE":
		return c.only(c.mysql, precedenceCompare)
	case "GLOB", "MATCH", "NULL":
		return c.only(!c.mysql, precedenceCompare)
	}
	return 0
}

func (c *cursor) arithmetic() int {
	switch c.peek().key {
	case "|":
		return c.only(true, precedenceBitOr)
	case "&":
		if c.mysql {
			return precedenceBitAnd
		}
		return precedenceBitOr
	case "<<", ">>":
		if c.mysql {
			return precedenceShift
		}
		return precedenceBitOr
	case "+", "-":
		return precedenceAdd
	case "*", "/", "%":
		return precedenceMultiply
	case "DIV", "MOD":
		return c.only(c.mysql, precedenceMultiply)
	case "^":
		return c.only(c.mysql, precedencePower)
	case "->", "->>":
		return precedenceConcat
	case "COLLATE":
		return precedenceCollate
	}
	return 0
}

// expression reads an expression whose operators bind at least as tightly as tight.
func (c *cursor) expression(tight int) operand {
	if !c.enter() {
		return operand{}
	}
	defer c.leave()
	left := c.unary(tight)
	for c.trouble == nil {
		p := c.precedence()
		if p == 0 || p < tight {
			break
		}
		left = c.binary(left, p)
	}
	return left
}

// unary reads signs in front of an expression.
func (c *cursor) unary(tight int) operand {
	first, columns := c.at, len(c.facts.columns)
	switch c.peek().key {
	case "NOT":
		if c.mysql && tight > precedenceNot {
			c.wrong("a value")
			return operand{}
		}
		c.next()
		o := c.expression(precedenceNot)
		return operand{class: condition, first: first, columns: columns, always: o.never, never: o.always}
	case "+", "-":
		c.next()
		o := c.expression(precedenceUnary)
		if o.class != literal {
			o.class = calculation
		}
		return operand{class: o.class, first: first, columns: columns}
	case "~":
		c.next()
		c.expression(precedenceUnary)
		return operand{first: first, columns: columns}
	case "!", "BINARY":
		if c.mysql {
			c.next()
			o := c.expression(precedenceUnary)
			if o.class != literal {
				o.class = calculation
			}
			return operand{class: o.class, first: first, columns: columns}
		}
	}
	o := c.primary()
	o.first, o.columns = first, columns
	return o
}

// binary reads an operator and what stands behind it.
func (c *cursor) binary(left operand, p int) operand {
	between := len(c.facts.columns)
	sign := c.next()
	if p == precedenceCompare || p == precedenceOrder {
		return c.comparison(left, sign, between)
	}
	switch p {
	case precedenceAssign:
		c.expression(precedenceAssign)
		return operand{first: left.first, columns: left.columns}
	case precedenceOr, precedenceAnd:
		if p == precedenceOr {
			c.facts.ors++
		}
		return logical(p == precedenceOr, left, c.expression(p+1))
	case precedenceXor:
		c.expression(p + 1)
		return operand{class: condition, first: left.first, columns: left.columns}
	case precedenceCollate:
		c.collation()
		return left
	}
	if c.mysql && (sign.key == "+" || sign.key == "-") && c.isInterval() {
		c.interval()
	} else {
		c.expression(p + 1)
	}
	return operand{first: left.first, columns: left.columns}
}

// collation reads a collation's name.
func (c *cursor) collation() string {
	if c.mysql && c.peek().kind == lexText {
		return c.string("a collation")
	}
	if c.mysql && c.accept("BINARY") {
		return "binary"
	}
	return c.name("a collation")
}

// comparison reads what stands behind the first word or sign of a comparison.
func (c *cursor) comparison(left operand, sign lexeme, between int) operand {
	made := operand{class: condition, first: left.first, columns: left.columns}
	if sign.key == "NOT" {
		if sign = c.next(); sign.key == "NULL" {
			return made
		}
	}
	switch sign.key {
	case "ISNULL", "NOTNULL":
		return made
	case "IS":
		c.wrap(left, between)
		c.identity()
		return made
	case "IN":
		c.wrap(left, between)
		c.in()
		return made
	case "BETWEEN":
		c.wrap(left, between)
		c.expression(c.bound())
		c.want("AND")
		c.expression(c.bound())
		return made
	case "SOUNDS":
		c.want("LIKE")
	case "MEMBER":
		c.accept("OF")
	case "LIKE":
		return c.like(left, sign, between)
	}
	if c.isAny("ALL", "ANY", "SOME") && c.ahead(1).key == "(" {
		c.next()
		c.wrap(left, between)
		c.subquery()
		return made
	}
	return c.compared(left, c.expression(c.tighter(sign)), between, sign)
}

// bound is how tightly the limits of BETWEEN bind.
func (c *cursor) bound() int {
	if c.mysql {
		return precedenceBitOr
	}
	return precedenceOrder
}

// tighter is how tightly the right side of a comparison binds.
func (c *cursor) tighter(sign lexeme) int {
	if !c.mysql && !strings.ContainsAny(sign.key, "<>") {
		return precedenceOrder
	}
	return precedenceBitOr
}

// identity reads what stands behind IS.
func (c *cursor) identity() {
	c.accept("NOT")
	if !c.mysql {
		c.accept("DISTINCT", "FROM")
		c.expression(precedenceOrder)
		return
	}
	if c.acceptAny("NULL", "TRUE", "FALSE", "UNKNOWN") == "" {
		c.unread("NULL, TRUE, FALSE or UNKNOWN")
	}
}

// like reads a pattern.
func (c *cursor) like(left operand, sign lexeme, between int) operand {
	pattern := c.peek()
	if pattern.kind == lexText && strings.HasPrefix(c.value(pattern), "%") {
		c.facts.leadingWildcard = addPosition(c.facts.leadingWildcard, sign.pos)
	}
	sign.key = "LIKE"
	made := c.compared(left, c.expression(c.tighter(sign)), between, sign)
	if c.accept("ESCAPE") {
		c.expression(precedenceBitOr)
	}
	return made
}

// in reads the list or the query behind IN.
func (c *cursor) in() {
	if !c.mysql && !c.is("(") { // a table, or a function that makes one
		c.object("a list in parentheses")
		if c.is("(") {
			c.arguments()
		}
		return
	}
	if c.isQueryIn() {
		c.subquery()
		return
	}
	c.want("(")
	n := 0
	if c.mysql || !c.is(")") {
		c.list(func() {
			c.expression(precedenceAny)
			n++
		})
	}
	c.want(")")
	c.facts.longestIn = max(c.facts.longestIn, n)
}
