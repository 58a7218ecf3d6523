package sqlparse

import (
	"strings"

	"towpath/internal/ast"
)

// createHead is what stands between CREATE or ALTER and the kind of object.
type createHead struct {
	pos       ast.Position
	replace   bool
	temporary bool
	definer   string
	method    string // of an index
	unique    bool
}

// mysqlCreate reads CREATE.
func (c *cursor) mysqlCreate() ast.Statement {
	head := createHead{pos: c.pos()}
	c.want("CREATE")
	if c.accept("OR") {
		c.want("REPLACE")
		head.replace = true
	}
	c.createHead(&head)
	switch kind := c.next().key; kind {
	case "TABLE":
		return c.createTable(head)
	case "INDEX":
		return c.createIndex(head)
	case "VIEW":
		return c.createView(head)
	case "DATABASE", "SCHEMA":
		return c.createDatabase()
	case "PROCEDURE", "FUNCTION":
		return c.createRoutine(head, kind == "PROCEDURE")
	case "TRIGGER":
		return c.createTrigger(head)
	case "EVENT":
		return c.createEvent(head)
	case "SEQUENCE":
		s := &ast.CreateSequence{IfNotExists: c.ifNotExists(), Name: c.object("a sequence")}
		c.sequenceOptions()
		return ast.Statement{CreateSequence: s}
	case "PACKAGE":
		return c.createPackage(head)
	default:
		c.at--
		return c.createOther(head)
	}
}

// createHead reads the words in front of the kind of object, in any order.
func (c *cursor) createHead(head *createHead) {
	for {
		switch {
		case c.accept("TEMPORARY"):
			head.temporary = true
		case c.accept("UNIQUE"):
			head.unique = true
		case c.isAny("FULLTEXT", "VECTOR") || (c.is("SPATIAL") && c.ahead(1).key != "REFERENCE"):
			head.method = strings.ToLower(c.next().key)
		case c.acceptAny("ONLINE", "OFFLINE", "AGGREGATE") != "":
		case c.accept("ALGORITHM", "="):
			c.acceptAny("UNDEFINED", "MERGE", "TEMPTABLE")
		case c.accept("DEFINER"):
			c.want("=")
			head.definer = c.account()
		case c.accept("SQL", "SECURITY"):
			if c.acceptAny("DEFINER", "INVOKER") == "" {
				c.wrong("DEFINER or INVOKER")
			}
		default:
			return
		}
	}
}

// account reads a user or a role, as written.
func (c *cursor) account() string {
	first := c.at
	switch {
	case c.acceptAny("CURRENT_USER", "CURRENT_ROLE") != "":
		if c.accept("(") {
			c.want(")")
		}
	case c.peek().kind == lexText:
		c.next()
	default:
		c.name("an account")
	}
	if l := c.peek(); l.kind == lexVariable { // @host
		c.next()
		c.hostRest()
	} else if c.accept("@") {
		if c.peek().kind == lexText {
			c.next()
		} else {
			c.name("a host")
			c.hostRest()
		}
	}
	return c.raw(first)
}

// hostRest passes over what a host without quotes goes on with: a dash, or a percent sign.
func (c *cursor) hostRest() {
	for !c.end() && c.lexemes[c.at-1].to == c.peek().from && c.isAny("-", ".", "%") {
		c.next()
		if !c.end() && c.lexemes[c.at-1].to == c.peek().from && c.peek().kind == lexWord {
			c.next()
		}
	}
}

func (c *cursor) createIndex(head createHead) ast.Statement {
	s := &ast.CreateIndex{OrReplace: head.replace, IfNotExists: c.ifNotExists()}
	s.Index = ast.Index{Pos: head.pos, Unique: head.unique, Method: head.method}
	s.Name = c.name("an index")
	if method := c.indexMethod(); method != "" {
		s.Method = method
	}
	c.want("ON")
	s.Table = c.object("a table")
	c.waits()
	s.Keys = c.keyParts()
	c.indexOptions(&s.Index)
	s.Options = c.onlineOptions()
	return ast.Statement{CreateIndex: s}
}

func (c *cursor) createView(head createHead) ast.Statement {
	s := &ast.CreateView{OrReplace: head.replace, Definer: head.definer, IfNotExists: c.ifNotExists()}
	s.Name = c.object("a view")
	if c.is("(") {
		c.names()
	}
	c.want("AS")
	s.Query = c.query()
	if c.accept("WITH") {
		c.acceptAny("CASCADED", "LOCAL")
		c.want("CHECK", "OPTION")
	}
	return ast.Statement{CreateView: s}
}

func (c *cursor) createDatabase() ast.Statement {
	s := &ast.CreateSchema{Database: true, IfNotExists: c.ifNotExists()}
	s.Name = c.name("a database")
	s.Options = c.databaseOptions()
	return ast.Statement{CreateSchema: s}
}

func (c *cursor) databaseOptions() (list []ast.Option) {
	for {
		switch o, read := c.charsetOption(); {
		case read:
			list = append(list, o)
		case c.isAny("COMMENT", "ENCRYPTION") || c.is("READ", "ONLY"):
			name := strings.ToLower(c.next().key)
			if c.accept("ONLY") {
				name = "read only"
			}
			c.accept("=")
			list = append(list, ast.Option{Name: name, Value: c.optionValue()})
		default:
			return list
		}
	}
}

// sequenceOptions reads what follows the name of MariaDB's sequence.
func (c *cursor) sequenceOptions() {
	for !c.end() {
		switch {
		case c.acceptAny("INCREMENT", "START", "RESTART") != "":
			c.acceptAny("BY", "WITH", "=")
			c.accept("-")
			if c.peek().kind == lexNumber {
				c.next()
			}
		case c.acceptAny("MINVALUE", "MAXVALUE", "CACHE") != "":
			c.accept("=")
			c.accept("-")
			c.number()
		case c.acceptAny("NOCACHE", "CYCLE", "NOCYCLE", "NOMINVALUE", "NOMAXVALUE") != "":
		case c.accept("NO"):
			if c.acceptAny("MINVALUE", "MAXVALUE", "CACHE", "CYCLE") == "" {
				c.wrong("MINVALUE, MAXVALUE, CACHE or CYCLE")
			}
		case c.accept("AS"):
			c.mysqlType()
			c.acceptAny("UNSIGNED", "SIGNED")
		default:
			if _, read := c.tableOption(); !read {
				return
			}
		}
	}
}

// otherKinds of objects, which the tree holds by their name alone.
var otherKinds = map[string]bool{
	"USER": true, "ROLE": true, "SERVER": true, "TABLESPACE": true, "LOGFILE": true, "UNDO": true,
	"RESOURCE": true, "SPATIAL": true, "LIBRARY": true, "JSON": true, "CATALOG": true, "INSTANCE": true,
	"MATERIALIZED": true, "EXTERNAL": true,
}

// createOther reads the creation of what no rule looks into.
func (c *cursor) createOther(head createHead) ast.Statement {
	if !otherKinds[c.peek().key] {
		c.unread("what to create")
		return ast.Statement{}
	}
	s := &ast.CreateOther{Kind: c.otherKind(), OrReplace: head.replace, IfNotExists: c.ifNotExists()}
	if s.Kind == "user" || s.Kind == "role" {
		s.Name.Name = c.accountName()
	} else if c.isName() {
		s.Name = c.object("a name")
	}
	c.body()
	return ast.Statement{CreateOther: s}
}

// otherKind is a kind of object, in one or more words.
func (c *cursor) otherKind() string {
	kind := strings.ToLower(c.next().key)
	for c.isAny("GROUP", "TABLESPACE", "REFERENCE", "SYSTEM", "RELATIONAL", "DUALITY", "VIEW") {
		kind += " " + strings.ToLower(c.next().key)
	}
	return kind
}

// accountName is an account's name without its quotes and its host.
func (c *cursor) accountName() string {
	l := c.peek()
	if c.account() == "" {
		return ""
	}
	if l.kind == lexText {
		return c.value(l)
	}
	return c.nameOf(l)
}
