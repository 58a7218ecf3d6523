package sqlparse

import (
	"towpath/internal/ast"
)

func (c *cursor) createRoutine(head createHead, procedure bool) ast.Statement {
	s := &ast.CreateRoutine{Procedure: procedure, OrReplace: head.replace, Definer: head.definer}
	c.ifNotExists()
	s.Name = c.object("a name")
	s.Language = "sql"
	if !procedure && c.accept("RETURNS") { // a function of a library
		c.acceptAny("STRING", "INTEGER", "REAL", "DECIMAL", "INT")
		c.want("SONAME")
		c.string("a library")
		s.Language = "c"
		return ast.Statement{CreateRoutine: s}
	}
	if c.is("(") {
		c.skipParentheses()
	}
	if !procedure {
		if c.acceptAny("RETURNS", "RETURN") == "" {
			c.wrong("RETURNS")
		}
		c.returned()
	}
	for c.characteristic(s) {
		continue
	}
	if c.end() {
		c.wrong("a body")
	}
	s.Body, s.DynamicSQL = c.runs(), c.dynamic()
	return ast.Statement{CreateRoutine: s}
}

// returned reads the type that a function returns.
func (c *cursor) returned() {
	if c.accept("TYPE", "OF") || c.accept("ROW", "TYPE", "OF") {
		c.object("a column")
		return
	}
	c.mysqlType()
	var col ast.Column
	for c.typeAttribute(&col) {
		continue
	}
}

// runs reads what a routine, a trigger or an event runs, and returns its text. A single statement is
// read as any other, and a block stays text.
func (c *cursor) runs() string {
	first := c.at
	switch c.peek().key {
	case "SELECT", "INSERT", "REPLACE", "UPDATE", "DELETE", "SET", "CALL", "WITH":
		c.mysqlStatement()
		c.finish()
	case "RETURN":
		c.next()
		c.exprAt(precedenceAny)
		c.finish()
	default:
		if k := c.peek().kind; k != lexWord && k != lexName {
			c.wrong("a statement")
		}
		return c.body()
	}
	return c.raw(first)
}

// characteristic reads one property of a routine.
func (c *cursor) characteristic(s *ast.CreateRoutine) bool {
	switch {
	case c.accept("COMMENT"):
		c.string("a comment")
	case c.accept("LANGUAGE"):
		s.Language = lower(c.name("a language"))
	case c.accept("NOT", "DETERMINISTIC"), c.accept("DETERMINISTIC"):
	case c.accept("CONTAINS", "SQL"), c.accept("NO", "SQL"), c.accept("READS", "SQL", "DATA"),
		c.accept("MODIFIES", "SQL", "DATA"):
	case c.accept("SQL", "SECURITY", "DEFINER"), c.accept("SQL", "SECURITY", "INVOKER"):
	case c.accept("USING"): // MySQL's libraries
		c.skipParentheses()
	default:
		return false
	}
	return true
}

func (c *cursor) createTrigger(head createHead) ast.Statement {
	s := &ast.CreateTrigger{OrReplace: head.replace, Definer: head.definer}
	c.ifNotExists()
	s.Name = c.object("a trigger")
	if c.acceptAny("BEFORE", "AFTER") == "" {
		c.wrong("BEFORE or AFTER")
	}
	for {
		if c.acceptAny("INSERT", "UPDATE", "DELETE") == "" {
			c.wrong("INSERT, UPDATE or DELETE")
		}
		if c.accept("OF") {
			c.list(func() { c.name("a column") })
		}
		if !c.accept("OR") {
			break
		}
	}
	c.want("ON")
	s.Table = c.object("a table")
	c.want("FOR", "EACH", "ROW")
	if c.acceptAny("FOLLOWS", "PRECEDES") != "" {
		c.name("a trigger")
	}
	if c.end() {
		c.wrong("a body")
	}
	c.runs()
	return ast.Statement{CreateTrigger: s}
}

func (c *cursor) createEvent(head createHead) ast.Statement {
	s := &ast.CreateEvent{Definer: head.definer}
	c.ifNotExists()
	s.Name = c.object("an event")
	c.want("ON", "SCHEDULE")
	c.schedule()
	if c.accept("ON", "COMPLETION") {
		c.accept("NOT")
		c.want("PRESERVE")
	}
	c.eventState()
	if c.accept("COMMENT") {
		c.string("a comment")
	}
	c.want("DO")
	if c.end() {
		c.wrong("a statement")
	}
	c.runs()
	return ast.Statement{CreateEvent: s}
}

// schedule reads when an event runs.
func (c *cursor) schedule() {
	if c.accept("AT") {
		c.exprAt(precedenceAny)
		return
	}
	c.want("EVERY")
	c.exprAt(precedenceAny)
	c.unit()
	if c.accept("STARTS") {
		c.exprAt(precedenceAny)
	}
	if c.accept("ENDS") {
		c.exprAt(precedenceAny)
	}
}

func (c *cursor) eventState() {
	if c.acceptAny("ENABLE", "DISABLE") != "" && c.accept("ON") {
		if c.acceptAny("SLAVE", "REPLICA") == "" {
			c.wrong("REPLICA")
		}
	}
}

// createPackage reads MariaDB's packages.
func (c *cursor) createPackage(head createHead) ast.Statement {
	s := &ast.CreateOther{Kind: "package", OrReplace: head.replace}
	if c.accept("BODY") {
		s.Kind = "package body"
	}
	s.IfNotExists = c.ifNotExists()
	s.Name = c.object("a package")
	c.body()
	return ast.Statement{CreateOther: s}
}

// mysqlAlter reads ALTER.
func (c *cursor) mysqlAlter() ast.Statement {
	head := createHead{pos: c.pos()}
	c.want("ALTER")
	c.acceptAny("ONLINE", "OFFLINE")
	c.accept("IGNORE")
	c.createHead(&head)
	switch kind := c.next().key; kind {
	case "TABLE":
		return c.alterTable()
	case "VIEW": // it takes the view's place
		head.replace = true
		return c.createView(head)
	case "DATABASE", "SCHEMA":
		return c.alterDatabase()
	case "PROCEDURE", "FUNCTION":
		c.object("a name")
		for s := (&ast.CreateRoutine{}); c.characteristic(s); {
			continue
		}
		return ast.Statement{Other: &ast.Other{Verb: "ALTER " + kind}}
	case "EVENT":
		return c.alterEvent()
	case "SEQUENCE":
		c.ifExists()
		c.object("a sequence")
		c.sequenceOptions()
		return ast.Statement{Other: &ast.Other{Verb: "ALTER SEQUENCE"}}
	default:
		c.at--
		if !otherKinds[c.peek().key] {
			c.unread("what to alter")
			return ast.Statement{}
		}
		verb := "ALTER " + c.peek().key
		c.body()
		return ast.Statement{Other: &ast.Other{Verb: verb}}
	}
}

func (c *cursor) alterDatabase() ast.Statement {
	if c.isName() && !c.isAny("CHARACTER", "CHARSET", "COLLATE", "ENCRYPTION", "COMMENT", "READ", "UPGRADE") {
		c.name("a database")
	}
	if c.accept("UPGRADE") {
		c.want("DATA", "DIRECTORY", "NAME")
	} else if len(c.databaseOptions()) == 0 {
		c.wrong("a character set or a collation")
	}
	return ast.Statement{Other: &ast.Other{Verb: "ALTER DATABASE"}}
}

func (c *cursor) alterEvent() ast.Statement {
	c.object("an event")
	if c.accept("ON", "SCHEDULE") {
		c.schedule()
	}
	if c.accept("ON", "COMPLETION") {
		c.accept("NOT")
		c.want("PRESERVE")
	}
	if c.accept("RENAME") {
		c.want("TO")
		c.object("an event")
	}
	c.eventState()
	if c.accept("COMMENT") {
		c.string("a comment")
	}
	if c.accept("DO") {
		c.body()
	}
	return ast.Statement{Other: &ast.Other{Verb: "ALTER EVENT"}}
}
