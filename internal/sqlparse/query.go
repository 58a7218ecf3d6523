package sqlparse

import (
	"slices"
	"strings"

	"towpath/internal/ast"
)

// isQuery reports whether a query begins n lexemes ahead, perhaps in parentheses.
func (c *cursor) isQuery(n int) bool {
	for c.ahead(n).key == "(" && n <= maxDepth {
		n++
	}
	switch key := c.ahead(n).key; key {
	case "SELECT", "WITH":
		return true
	case "VALUES":
		if !c.mysql {
			return true
		}
		follows := c.ahead(n + 1)
		return follows.key == "ROW" || (follows.key == "(" && c.rowOfValues(n+1))
	case "TABLE":
		return c.mysql && (c.ahead(n+1).kind == lexWord || c.ahead(n+1).kind == lexName)
	}
	return false
}

// rowOfValues tells MariaDB's VALUES (1), (2) from the function VALUES(column).
func (c *cursor) rowOfValues(n int) bool {
	inside := c.ahead(n + 1)
	column := inside.kind == lexName || (inside.kind == lexWord && !c.reserved(inside.key))
	return !column || c.ahead(n+2).key != ")"
}

// setOperators stand between queries, and the others behind the last one.
var setOperators = []string{")", "UNION", "EXCEPT", "INTERSECT", "MINUS", "ORDER", "LIMIT"}

// isQueryIn reports whether a query in parentheses begins here, and not an expression whose first
// operand is one: ((SELECT 1) UNION (SELECT 2)), and not ((SELECT 1) + 2).
func (c *cursor) isQueryIn() bool {
	if !c.is("(") {
		return false
	}
	n := 1
	for ; c.ahead(n).key == "("; n++ {
		if n > maxDepth || !slices.Contains(setOperators, c.behind(c.at+n).key) {
			return false
		}
	}
	return c.isQuery(n)
}

// behind is the lexeme behind the parenthesis that closes the one at an index.
func (c *cursor) behind(at int) lexeme {
	if c.closing == nil {
		c.closing = make([]int32, len(c.lexemes))
		var open []int
		for i, l := range c.lexemes {
			switch {
			case l.key == "(":
				open = append(open, i)
			case l.key == ")" && len(open) > 0:
				c.closing[open[len(open)-1]] = int32(i)
				open = open[:len(open)-1]
			}
		}
	}
	if closes := int(c.closing[at]); closes > 0 && closes+1 < len(c.lexemes) {
		return c.lexemes[closes+1]
	}
	return lexeme{}
}

// subquery reads a query in parentheses within an expression. Its facts count as those of the
// expression around it, and its columns do not.
func (c *cursor) subquery() {
	c.facts.subquery = true
	columns := len(c.facts.columns)
	c.want("(")
	inner := c.query()
	c.want(")")
	c.facts.columns = c.facts.columns[:min(columns, len(c.facts.columns))]
	for _, name := range inner.Functions {
		c.facts.calls(name)
	}
	if w := inner.Where; w != nil {
		for _, p := range w.EqualNull {
			c.facts.equalNull = addPosition(c.facts.equalNull, p)
		}
		for _, p := range w.LeadingWildcard {
			c.facts.leadingWildcard = addPosition(c.facts.leadingWildcard, p)
		}
	}
	if c.tables != nil {
		c.tables(inner.Tables)
	}
}

// query reads a whole query: WITH, its parts with UNION between them, and what ends it.
func (c *cursor) query() *ast.Select {
	q := &ast.Select{}
	if !c.enter() {
		return q
	}
	defer c.leave()
	if c.is("WITH") {
		c.with(q)
	}
	c.part(q, true)
	for c.trouble == nil && c.acceptAny("UNION", "EXCEPT", "INTERSECT", "MINUS") != "" {
		if c.acceptAny("ALL", "DISTINCT") == "" && c.mysql {
			c.accept("DISTINCTROW")
		}
		c.part(q, false)
	}
	c.tail(q)
	return q
}

// with reads the named queries in front of a statement.
func (c *cursor) with(into *ast.Select) {
	c.want("WITH")
	c.accept("RECURSIVE")
	c.list(func() {
		name := c.name("a name")
		if c.ctes == nil {
			c.ctes = map[string]bool{}
		}
		c.ctes[strings.ToLower(name)] = true
		if c.is("(") {
			c.names()
		}
		c.want("AS")
		if !c.mysql {
			c.accept("NOT")
			c.accept("MATERIALIZED")
		}
		c.want("(")
		if c.isQuery(0) {
			c.sum(into, c.query())
		} else {
			c.sum(into, c.changeIn())
		}
		c.want(")")
		if c.mysql && c.accept("CYCLE") {
			c.list(func() { c.name("a column") })
			c.want("RESTRICT")
		}
	})
}

// changeIn refuses INSERT, UPDATE and DELETE within WITH: no server of these dialects has it.
func (c *cursor) changeIn() *ast.Select {
	c.wrong("a query")
	return &ast.Select{}
}

// sum adds what a query within another one reads.
func (c *cursor) sum(into, inner *ast.Select) {
	into.Tables = c.tablesOf(into.Tables, inner.Tables)
	into.Star = into.Star || inner.Star
	for _, name := range inner.Functions {
		if len(into.Functions) < maxFacts && !slices.Contains(into.Functions, name) {
			into.Functions = append(into.Functions, name)
		}
	}
}

// tablesOf adds tables, each once and without the names that WITH defines.
func (c *cursor) tablesOf(list, more []ast.Name) []ast.Name {
	for _, t := range more {
		defined := t.Schema == "" && c.ctes[strings.ToLower(t.Name)]
		if !defined && len(list) < maxFacts && !slices.Contains(list, t) {
			list = append(list, t)
		}
	}
	return list
}

// part reads one SELECT, VALUES or TABLE, or a query in parentheses. The first one of a query says
// whether rows are chosen by a condition.
func (c *cursor) part(q *ast.Select, first bool) {
	switch {
	case c.is("("):
		c.want("(")
		inner := c.query()
		c.want(")")
		c.sum(q, inner)
		if first {
			q.Where, q.Limit, q.OrderByRand = inner.Where, inner.Limit, inner.OrderByRand
		}
	case c.accept("VALUES"):
		c.list(func() {
			if c.mysql {
				c.accept("ROW")
			}
			c.row()
		})
	case c.mysql && c.accept("TABLE"):
		q.Tables = c.tablesOf(q.Tables, []ast.Name{c.object("a table")})
		q.Star = true
	default:
		c.selection(q, first)
	}
}

// row reads the values of a row, and returns how many there are.
func (c *cursor) row() (n int) {
	c.want("(")
	if c.accept(")") {
		return 0
	}
	c.list(func() {
		if n++; !c.mysql || !c.accept("DEFAULT") || c.is("(") {
			c.expression(precedenceAny)
		}
	})
	c.want(")")
	return n
}

// modifiers stand between SELECT and what it selects.
var modifiers = []string{
	"ALL", "DISTINCT", "DISTINCTROW", "HIGH_PRIORITY", "STRAIGHT_JOIN", "SQL_SMALL_RESULT", "SQL_BIG_RESULT",
	"SQL_BUFFER_RESULT", "SQL_NO_CACHE", "SQL_CACHE", "SQL_CALC_FOUND_ROWS",
}

// selection reads SELECT up to its windows.
func (c *cursor) selection(q *ast.Select, first bool) {
	if !c.accept("SELECT") {
		c.wrong("SELECT")
		return
	}
	if c.mysql {
		for c.acceptAny(modifiers...) != "" {
			continue
		}
	} else {
		c.acceptAny("ALL", "DISTINCT")
	}
	known := c.summed(q, func() {
		c.list(func() { c.selected(q) })
		c.into()
		if c.accept("FROM") && !c.accept("DUAL") {
			c.tableReferences(q)
		}
	})
	if c.accept("WHERE") {
		where := c.summedWhere(q)
		if first {
			q.Where = where
		}
	}
	c.sum(q, &ast.Select{Functions: known.functions})
	c.summed(q, func() { c.grouping() })
}

// summed reads expressions of a query, and adds the tables of their subqueries to it.
func (c *cursor) summed(q *ast.Select, read func()) facts {
	outer := c.tables
	c.tables = func(more []ast.Name) { q.Tables = c.tablesOf(q.Tables, more) }
	known := c.gathered(read)
	c.tables = outer
	return known
}

func (c *cursor) summedWhere(q *ast.Select) *ast.Where {
	outer := c.tables
	c.tables = func(more []ast.Name) { q.Tables = c.tablesOf(q.Tables, more) }
	where := c.where()
	c.tables = outer
	for _, name := range where.Functions {
		c.sum(q, &ast.Select{Functions: []string{name}})
	}
	return where
}

// grouping reads GROUP BY, HAVING and WINDOW.
func (c *cursor) grouping() {
	if c.accept("GROUP", "BY") {
		c.list(func() { c.ordered() })
		if c.mysql {
			c.accept("WITH", "ROLLUP")
		}
	}
	if c.accept("HAVING") {
		c.expression(precedenceAny)
	}
	if c.mysql && c.accept("QUALIFY") {
		c.expression(precedenceAny)
	}
	if c.accept("WINDOW") {
		c.list(func() {
			c.name("a window")
			c.want("AS")
			c.window()
		})
	}
}

// selected reads one column of a result.
func (c *cursor) selected(q *ast.Select) {
	if c.star() {
		q.Star = true
		return
	}
	c.expression(precedenceAny)
	c.alias()
}

// star passes over * or t.*.
func (c *cursor) star() bool {
	n := 0
	for n < 4 && c.ahead(n).key != "*" {
		if k := c.ahead(n).kind; (k != lexWord && k != lexName) || c.ahead(n+1).key != "." {
			return false
		}
		n += 2
	}
	if c.ahead(n).key != "*" {
		return false
	}
	c.at += n + 1
	return true
}

// isAlias reports whether a name without AS comes next, and no word that goes on with the statement.
// Each dialect has such words that are no reserved ones.
func (c *cursor) isAlias() bool {
	if !c.isName() {
		return false
	}
	switch c.peek().key {
	case "WINDOW":
		return c.ahead(2).key != "AS"
	case "LEFT", "RIGHT", "FULL", "CROSS", "INNER", "OUTER", "NATURAL", "INDEXED":
		return c.mysql
	case "RETURNING", "QUALIFY", "TABLESAMPLE", "LATERAL":
		follows := c.ahead(1)
		return !c.mysql || follows.kind == lexEnd || follows.key == "," || follows.key == ")"
	case "OFFSET":
		return !c.mysql || c.ahead(1).kind != lexNumber
	}
	return true
}

// alias reads the name that a column or a table gets; "" for none.
func (c *cursor) alias() string {
	as := c.accept("AS")
	switch l := c.peek(); {
	case l.kind == lexText && (as || c.mysql):
		return c.nameOf(c.next())
	case as:
		return c.name("a name")
	case c.isAlias():
		return c.nameOf(c.next())
	}
	return ""
}
