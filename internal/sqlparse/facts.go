package sqlparse

import (
	"slices"
	"strings"

	"towpath/internal/ast"
)

// maxFacts bounds each list of facts about one expression.
const maxFacts = 1000

// facts is what an expression says of itself, gathered while it is read.
type facts struct {
	columns   []string // in order, each as often as it is read
	functions []string
	subquery  bool

	equalNull       []ast.Position
	leadingWildcard []ast.Position
	wrapped         []string
	ors             int
	longestIn       int
}

// class is what an expression is, as far as the ones around it care.
type class int

const (
	calculation class = iota // of others
	literal
	nullValue
	column
	condition
	values // several in parentheses
)

// operand is an expression that has been read.
type operand struct {
	class   class
	first   int  // its first lexeme
	columns int  // how many columns had been read in front of it
	always  bool // a constant that is true
	never   bool // a constant that is false
}

// calls notes a function.
func (f *facts) calls(name string) {
	name = strings.ToLower(name)
	if len(f.functions) < maxFacts && !slices.Contains(f.functions, name) {
		f.functions = append(f.functions, name)
	}
}

// wrap notes the columns of an operand that is compared, when it is no bare column.
func (c *cursor) wrap(o operand, until int) {
	if o.class != calculation {
		return
	}
	for _, name := range c.facts.columns[o.columns:until] {
		if len(c.facts.wrapped) >= maxFacts {
			return
		}
		if !slices.Contains(c.facts.wrapped, name) {
			c.facts.wrapped = append(c.facts.wrapped, name)
		}
	}
}

func addPosition(list []ast.Position, p ast.Position) []ast.Position {
	if len(list) >= maxFacts {
		return list
	}
	return append(list, p)
}

// compared notes what a comparison of two operands says, and returns what it is itself.
func (c *cursor) compared(left, right operand, between int, sign lexeme) operand {
	c.wrap(left, between)
	c.wrap(right, len(c.facts.columns))
	made := operand{class: condition, first: left.first, columns: left.columns}
	if sign.kind != lexSymbol || sign.key == "<=>" {
		return made
	}
	equal := sign.key == "=" || sign.key == "=="
	if equal || sign.key == "<>" || sign.key == "!=" {
		if left.class == nullValue || right.class == nullValue {
			c.facts.equalNull = addPosition(c.facts.equalNull, sign.pos)
		}
	}
	if equal && left.class == literal && right.class == literal {
		same := c.single(left, right)
		made.always, made.never = same, !same
	}
	return made
}

// single reports whether two literals that have been read last are one lexeme each and the same.
func (c *cursor) single(left, right operand) bool {
	return right.first == c.at-1 && left.first == c.at-3 &&
		c.textOf(c.lexemes[left.first]) == c.textOf(c.lexemes[right.first])
}

// logical is AND or OR of two conditions.
func logical(or bool, left, right operand) operand {
	made := operand{class: condition, first: left.first, columns: left.columns}
	if or {
		made.always = left.always || right.always
		made.never = left.never && right.never
	} else {
		made.always = left.always && right.always
		made.never = left.never || right.never
	}
	return made
}

// gathered calls read with facts of their own.
func (c *cursor) gathered(read func()) facts {
	outer := c.facts
	c.facts = &facts{}
	read()
	made := *c.facts
	c.facts = outer
	return made
}

// expr reads an expression that stands alone.
func (c *cursor) expr() *ast.Expr { return c.exprAt(precedenceAny) }

// exprAt reads an expression that binds at least as tightly as tight.
func (c *cursor) exprAt(tight int) *ast.Expr {
	first := c.at
	var o operand
	known := c.gathered(func() { o = c.expression(tight) })
	return c.made(first, o, known)
}

// made is the expression from its first lexeme up to the cursor.
func (c *cursor) made(first int, o operand, known facts) *ast.Expr {
	e := &ast.Expr{
		Text: c.raw(first), Const: o.class == literal || o.class == nullValue, Null: o.class == nullValue,
		Functions: known.functions, Subquery: known.subquery,
	}
	seen := make(map[string]bool, len(known.columns))
	for _, name := range known.columns {
		if !seen[name] && len(e.Columns) < maxFacts {
			seen[name] = true
			e.Columns = append(e.Columns, name)
		}
	}
	return e
}

// where reads a condition.
func (c *cursor) where() *ast.Where {
	first := c.at
	var o operand
	known := c.gathered(func() { o = c.expression(precedenceAny) })
	return &ast.Where{
		Text: c.raw(first), Always: o.always, EqualNull: known.equalNull,
		LeadingWildcard: known.leadingWildcard, Wrapped: known.wrapped,
		Operators: known.ors + known.longestIn, Functions: known.functions,
	}
}
