package sqlparse

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/statement"
)

// maxDepth bounds how deeply parentheses and queries may nest.
const maxDepth = 1000

// lexKind is a kind of lexeme.
type lexKind uint8

const (
	lexEnd      lexKind = iota // behind the last one
	lexWord                    // a key word or a bare name
	lexName                    // a quoted name
	lexText                    // a string
	lexNumber                  // a number without its sign
	lexVariable                // @name, @@name, or a parameter
	lexSymbol                  // an operator or another sign
)

// lexeme is a token with what the readers ask about it.
type lexeme struct {
	kind     lexKind
	key      string // a bare word in upper case, or a symbol; "" for others
	from, to int32  // bytes in the text
	pos      ast.Position
}

// cursor walks over the lexemes of one statement. The first trouble stays: from then on the cursor
// stands at the end, so that every loop ends and nothing more is read.
type cursor struct {
	vocabulary
	text    string
	lexemes []lexeme
	at      int
	depth   int
	trouble error

	facts   *facts              // of the expression that is being read
	aliases map[string]ast.Name // names of tables in the statement, in lower case; nil when nobody asks
	ctes    map[string]bool     // names that WITH defines, in lower case
	// takes the tables of the subqueries of an expression; nil when nobody asks for them
	tables  func([]ast.Name)
	closing []int32 // for an opening parenthesis the one that closes it; made when first needed
}

// vocabulary is what the dialects' words differ in.
type vocabulary struct {
	mysql    bool
	reserved func(key string) bool // it cannot be a bare name
	known    func(key string) bool // some server has a meaning for it
}

func (c *cursor) ahead(n int) lexeme {
	if c.at+n < len(c.lexemes) {
		return c.lexemes[c.at+n]
	}
	end := int32(len(c.text))
	return lexeme{from: end, to: end}
}

func (c *cursor) peek() lexeme { return c.ahead(0) }
func (c *cursor) end() bool    { return c.at >= len(c.lexemes) }

func (c *cursor) next() lexeme {
	l := c.peek()
	if !c.end() {
		c.at++
	}
	return l
}

// pos is the place of the next lexeme.
func (c *cursor) pos() ast.Position {
	if c.end() {
		return place(c.text, len(strings.TrimRight(c.text, " \t\r\n")))
	}
	return c.peek().pos
}

// is reports whether the key words or symbols come next, in this order.
func (c *cursor) is(keys ...string) bool {
	for i, key := range keys {
		if c.ahead(i).key != key {
			return false
		}
	}
	return true
}

// isAny reports whether one of the key words comes next.
func (c *cursor) isAny(keys ...string) bool {
	key := c.peek().key
	return key != "" && slices.Contains(keys, key)
}

// accept passes over the key words when all of them come next.
func (c *cursor) accept(keys ...string) bool {
	if !c.is(keys...) {
		return false
	}
	c.at += len(keys)
	return true
}

// acceptAny passes over one of the key words; "" when none comes next.
func (c *cursor) acceptAny(keys ...string) string {
	if !c.isAny(keys...) {
		return ""
	}
	return c.next().key
}

// want passes over the key words, which nothing else can take the place of.
func (c *cursor) want(keys ...string) {
	for _, key := range keys {
		if !c.accept(key) {
			c.wrong(key)
			return
		}
	}
}

// raw is the text from a lexeme up to the one in front of the cursor.
func (c *cursor) raw(first int) string {
	if first >= c.at || first >= len(c.lexemes) {
		return ""
	}
	return c.text[c.lexemes[first].from:c.lexemes[c.at-1].to]
}

func (c *cursor) textOf(l lexeme) string { return c.text[l.from:l.to] }

// adjacent reports whether nothing stands between the next two lexemes.
func (c *cursor) adjacent() bool { return c.peek().to == c.ahead(1).from }

func (c *cursor) fail(err error) {
	if c.trouble == nil {
		c.trouble = err
	}
	c.at = len(c.lexemes)
}

// wrong says that no server reads the statement, since something else is expected here.
func (c *cursor) wrong(expected string) {
	if c.trouble == nil {
		c.fail(&SyntaxError{Pos: c.pos(), Message: c.found(expected)})
	}
}

// unread says that a statement cannot be read here. A word that no server has a meaning for, a
// value and a symbol are wrong wherever a key word must follow. A key word may belong to a clause
// of another version.
func (c *cursor) unread(expected string) {
	if c.trouble != nil {
		return
	}
	if l := c.peek(); l.kind != lexWord || !c.known(l.key) {
		c.wrong(expected)
		return
	}
	c.fail(&NotAnalyzed{Pos: c.pos(), Why: c.found(expected)})
}

func (c *cursor) found(expected string) string {
	if c.end() {
		return fmt.Sprintf("expected %s, found the end of the statement", expected)
	}
	const most = 40
	found := []rune(c.textOf(c.peek()))
	if len(found) > most {
		found = append(found[:most], '…')
	}
	return fmt.Sprintf("expected %s, found %s", expected, string(found))
}

// finish ends a statement: nothing may be left of it.
func (c *cursor) finish() {
	if !c.end() {
		c.unread("the end of the statement")
	}
}

// enter begins a part that can nest, and reports whether it may.
func (c *cursor) enter() bool {
	switch {
	case c.trouble != nil:
		return false
	case c.depth == maxDepth:
		c.fail(&NotAnalyzed{Pos: c.pos(), Why: "the statement is nested too deeply"})
		return false
	}
	c.depth++
	return true
}

func (c *cursor) leave() { c.depth-- }

// list reads one or more items with commas between them.
func (c *cursor) list(item func()) {
	for item(); c.accept(","); {
		item()
	}
}

// parenthesized reads items with commas between them, in parentheses.
func (c *cursor) parenthesized(item func()) {
	c.want("(")
	c.list(item)
	c.want(")")
}

// isName reports whether a name comes next.
func (c *cursor) isName() bool {
	l := c.peek()
	switch l.kind {
	case lexName:
		return true
	case lexWord:
		return !c.reserved(l.key) || c.isQualifier()
	case lexText: // SQLite takes a string for a name where no value can be
		return !c.mysql
	}
	return false
}

// isQualifier reports whether a word qualifies the name that follows it: to MySQL's lexer no word in
// front of a dot is a key word.
func (c *cursor) isQualifier() bool {
	dot, name := c.ahead(1), c.ahead(2)
	return c.mysql && dot.key == "." && c.adjacent() && dot.to == name.from && name.kind == lexWord
}

// name reads one bare or quoted name.
func (c *cursor) name(expected string) string {
	switch {
	case c.isName():
		return c.nameOf(c.next())
	case c.mysql && c.is(".") && c.trouble == nil: // some names may begin with a dot
		c.fail(&NotAnalyzed{Pos: c.pos(), Why: c.found(expected)})
	default:
		c.wrong(expected)
	}
	return ""
}

// label reads a name behind a dot, where every word is one.
func (c *cursor) label() string {
	if l := c.peek(); l.kind == lexWord || l.kind == lexName || l.kind == lexNumber ||
		(l.kind == lexText && !c.mysql) {
		return c.nameOf(c.next())
	}
	c.wrong("a name")
	return ""
}

// object reads a name with its database or schema.
func (c *cursor) object(expected string) ast.Name {
	if c.mysql && c.is(".") { // of the database in use
		c.next()
		return ast.Name{Name: c.label()}
	}
	n := ast.Name{Name: c.name(expected)}
	for range 2 {
		if !c.accept(".") {
			break
		}
		n.Catalog, n.Schema, n.Name = n.Schema, n.Name, c.label()
	}
	return n
}

// names reads names in parentheses.
func (c *cursor) names() (names []string) {
	c.parenthesized(func() { names = append(names, c.name("a name")) })
	return names
}

// nameOf is a name without its quotes.
func (c *cursor) nameOf(l lexeme) string {
	raw := c.textOf(l)
	if l.kind != lexName && l.kind != lexText {
		return raw
	}
	if raw[0] == '[' {
		return raw[1 : len(raw)-1]
	}
	quote := raw[:1]
	return strings.ReplaceAll(raw[1:len(raw)-1], quote+quote, quote)
}

// value is what a string stands for.
func (c *cursor) value(l lexeme) string {
	raw := c.textOf(l)
	quote := raw[:1]
	inner := strings.ReplaceAll(raw[1:len(raw)-1], quote+quote, quote)
	if !c.mysql || !strings.Contains(inner, `\`) {
		return inner
	}
	return unescape(inner)
}

// unescape resolves the escapes of MySQL's strings.
func unescape(inner string) string {
	var out strings.Builder
	for i := 0; i < len(inner); i++ {
		if inner[i] != '\\' || i+1 == len(inner) {
			out.WriteByte(inner[i])
			continue
		}
		i++
		switch inner[i] {
		case 'n':
			out.WriteByte('\n')
		case 't':
			out.WriteByte('\t')
		case 'r':
			out.WriteByte('\r')
		case 'b':
			out.WriteByte('\b')
		case '0':
			out.WriteByte(0)
		case 'Z':
			out.WriteByte(26)
		case '%', '_': // they stay escaped for LIKE
			out.WriteString(inner[i-1 : i+1])
		default:
			out.WriteByte(inner[i])
		}
	}
	return out.String()
}

// string reads a string.
func (c *cursor) string(expected string) string {
	if c.peek().kind != lexText {
		c.wrong(expected)
		return ""
	}
	return c.value(c.next())
}

// number reads a number without a sign.
func (c *cursor) number() string {
	if c.peek().kind != lexNumber {
		c.wrong("a number")
		return ""
	}
	return c.textOf(c.next())
}

// skipParentheses passes over everything up to the parenthesis that closes the next one.
func (c *cursor) skipParentheses() {
	opened := c.at
	c.want("(")
	for depth := 1; depth > 0 && c.trouble == nil; {
		switch {
		case c.end():
			c.at = opened
			c.wrong("a closing parenthesis")
		case c.is("("):
			depth++
		case c.is(")"):
			depth--
		}
		c.next()
	}
}

// lexFault is the trouble of a text whose lexemes cannot be read.
func lexFault(err error) error {
	var fault *statement.Error
	if errors.As(err, &fault) {
		return &NotAnalyzed{
			Pos: ast.Position{Line: fault.Pos.Line, Column: fault.Pos.Column}, Why: fault.Message,
		}
	}
	return fmt.Errorf("read the statement's tokens: %w", err)
}
