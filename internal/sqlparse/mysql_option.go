package sqlparse

import (
	"strings"

	"towpath/internal/ast"
)

// tableOptions reads the options behind the columns of a new table.
func (c *cursor) tableOptions(s *ast.CreateTable) {
	for c.trouble == nil {
		switch o, read := c.tableOption(); {
		case read:
			s.Options = append(s.Options, o)
		case c.accept("WITH", "SYSTEM", "VERSIONING"):
			s.Versioned = true
		default:
			return
		}
		c.accept(",")
	}
}

// stated are options without an equals sign of necessity.
var stated = map[string]bool{
	"ENGINE": true, "AUTO_INCREMENT": true, "ROW_FORMAT": true, "KEY_BLOCK_SIZE": true, "ENCRYPTION": true,
	"STATS_PERSISTENT": true, "STATS_AUTO_RECALC": true,
	"STATS_SAMPLE_PAGES": true, "MAX_ROWS": true, "MIN_ROWS": true, "AVG_ROW_LENGTH": true,
	"CHECKSUM": true, "TABLE_CHECKSUM": true, "DELAY_KEY_WRITE": true, "PACK_KEYS": true, "PASSWORD": true,
	"INSERT_METHOD": true, "PAGE_CHECKSUM": true, "TRANSACTIONAL": true,
	"TABLESPACE": true, "STORAGE": true, "SECONDARY_ENGINE": true, "ENGINE_ATTRIBUTE": true,
	"SECONDARY_ENGINE_ATTRIBUTE": true, "AUTOEXTEND_SIZE": true, "SEQUENCE": true, "NODEGROUP": true,
}

// tableOption reads one option of a table.
func (c *cursor) tableOption() (o ast.Option, read bool) {
	l := c.peek()
	switch {
	case c.is("DEFAULT") || c.isAny("CHARACTER", "CHARSET", "COLLATE") || c.is("CHAR", "SET"):
		return c.charsetOption()
	case c.is("DATA", "DIRECTORY"), c.is("INDEX", "DIRECTORY"):
		c.next()
		c.next()
		c.accept("=")
		return ast.Option{Name: strings.ToLower(l.key) + " directory", Value: c.string("a directory")}, true
	case c.is("UNION") && (c.ahead(1).key == "=" || (c.ahead(1).key == "(" && !c.isQuery(1))):
		c.next()
		c.accept("=")
		first := c.at
		c.want("(")
		if !c.is(")") {
			c.list(func() { c.object("a table") })
		}
		c.want(")")
		return ast.Option{Name: "union", Value: c.raw(first)}, true
	case c.is("START", "TRANSACTION"):
		c.next()
		c.next()
		return ast.Option{Name: "start transaction"}, true
	case l.key == "COMMENT" || l.key == "CONNECTION" || l.key == "COMPRESSION":
		c.next()
		c.accept("=")
		return ast.Option{Name: strings.ToLower(l.key), Value: c.string("a string")}, true
	case stated[l.key]:
		c.next()
		c.accept("=")
		return ast.Option{Name: strings.ToLower(l.key), Value: c.optionValue()}, true
	case (l.kind == lexWord || l.kind == lexName) && c.ahead(1).key == "=" &&
		!c.isAny("ALGORITHM", "LOCK"):
		c.next()
		c.next()
		return ast.Option{Name: strings.ToLower(c.nameOf(l)), Value: c.optionValue()}, true
	}
	return ast.Option{}, false
}

// acceptCharset passes over the words for a character set.
func (c *cursor) acceptCharset() bool {
	return c.accept("CHARACTER", "SET") || c.accept("CHARSET") || c.accept("CHAR", "SET")
}

// charsetOption reads the default character set or collation.
func (c *cursor) charsetOption() (o ast.Option, read bool) {
	at := c.at
	c.accept("DEFAULT")
	switch {
	case c.acceptCharset():
		c.accept("=")
		return ast.Option{Name: "charset", Value: c.charsetName()}, true
	case c.accept("COLLATE"):
		c.accept("=")
		if c.accept("DEFAULT") {
			return ast.Option{Name: "collate", Value: "default"}, true
		}
		return ast.Option{Name: "collate", Value: strings.ToLower(c.collation())}, true
	case c.accept("ENCRYPTION"):
		c.accept("=")
		return ast.Option{Name: "encryption", Value: c.string("a string")}, true
	}
	c.at = at
	return o, false
}

// optionValue reads the value of an option: a word, a number or a string.
func (c *cursor) optionValue() string {
	first := c.at
	l := c.peek()
	switch {
	case l.kind == lexText:
		return c.string("a value")
	case l.kind == lexName:
		return c.nameOf(c.next())
	case l.key == "(" || (l.key == "" && l.kind == lexEnd):
		c.wrong("a value")
		return ""
	case l.key == "-" || l.key == "+":
		c.next()
	}
	if k := c.peek().kind; k != lexWord && k != lexNumber {
		c.wrong("a value")
		return ""
	}
	c.next()
	return c.raw(first)
}

// onlineOption reads ALGORITHM or LOCK.
func (c *cursor) onlineOption() (o ast.Option, read bool) {
	name := c.acceptAny("ALGORITHM", "LOCK")
	if name == "" {
		return o, false
	}
	c.accept("=")
	allowed := []string{"DEFAULT", "NONE", "SHARED", "EXCLUSIVE"}
	if name == "ALGORITHM" {
		allowed = []string{"DEFAULT", "INPLACE", "COPY", "INSTANT", "NOCOPY"}
	}
	value := c.acceptAny(allowed...)
	if value == "" {
		c.unread(strings.Join(allowed, ", "))
	}
	return ast.Option{Name: strings.ToLower(name), Value: strings.ToLower(value)}, true
}

// onlineOptions reads the options that follow an index, and MariaDB's WAIT.
func (c *cursor) onlineOptions() (list []ast.Option) {
	for {
		c.waits()
		o, read := c.onlineOption()
		if !read {
			return list
		}
		list = append(list, o)
	}
}

// waits reads WAIT n or NOWAIT.
func (c *cursor) waits() {
	if !c.accept("NOWAIT") && c.is("WAIT") && c.ahead(1).kind == lexNumber {
		c.next()
		c.next()
	}
}
