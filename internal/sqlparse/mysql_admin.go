package sqlparse

import (
	"strings"

	"towpath/internal/ast"
)

func lower(s string) string { return strings.ToLower(s) }

// mysqlDrop reads DROP.
func (c *cursor) mysqlDrop() ast.Statement {
	c.want("DROP")
	s := &ast.Drop{Temporary: c.accept("TEMPORARY")}
	c.acceptAny("ONLINE", "OFFLINE")
	switch kind := c.next().key; kind {
	case "TABLE", "TABLES", "VIEW", "VIEWS", "SEQUENCE", "SEQUENCES":
		s.Kind = strings.TrimSuffix(lower(kind), "s")
		s.IfExists = c.ifExists()
		c.list(func() { s.Names = append(s.Names, c.object("a "+s.Kind)) })
		c.waits()
		s.Cascade = c.acceptAny("CASCADE", "RESTRICT") == "CASCADE"
		c.waits()
	case "INDEX":
		s.Kind = "index"
		s.IfExists = c.ifExists()
		s.Names = []ast.Name{{Name: c.keyName()}}
		c.want("ON")
		on := c.object("a table")
		s.On = &on
		s.Options = c.onlineOptions()
	case "DATABASE", "SCHEMA":
		s.Kind = "database"
		s.IfExists = c.ifExists()
		s.Names = []ast.Name{{Name: c.name("a database")}}
	case "PROCEDURE", "FUNCTION", "TRIGGER", "EVENT":
		s.Kind = lower(kind)
		s.IfExists = c.ifExists()
		s.Names = []ast.Name{c.object("a " + s.Kind)}
	case "USER", "ROLE":
		s.Kind = lower(kind)
		s.IfExists = c.ifExists()
		c.list(func() { s.Names = append(s.Names, ast.Name{Name: c.accountName()}) })
	case "PACKAGE":
		s.Kind = "package"
		if c.accept("BODY") {
			s.Kind = "package body"
		}
		s.IfExists = c.ifExists()
		s.Names = []ast.Name{c.object("a package")}
	case "PREPARE":
		c.name("a statement")
		return ast.Statement{Other: &ast.Other{Verb: "DROP PREPARE"}}
	default:
		c.at--
		return c.dropOther(s)
	}
	return ast.Statement{Drop: s}
}

// dropOther reads the removal of what no rule looks into.
func (c *cursor) dropOther(s *ast.Drop) ast.Statement {
	if !otherKinds[c.peek().key] {
		c.unread("what to drop")
		return ast.Statement{}
	}
	s.Kind = c.otherKind()
	s.IfExists = c.ifExists()
	if c.isName() {
		s.Names = []ast.Name{c.object("a name")}
	}
	c.body()
	return ast.Statement{Drop: s}
}

// mysqlRename reads RENAME TABLE and RENAME USER.
func (c *cursor) mysqlRename() ast.Statement {
	c.want("RENAME")
	if c.accept("USER") {
		c.list(func() {
			c.account()
			c.want("TO")
			c.account()
		})
		return ast.Statement{Other: &ast.Other{Verb: "RENAME USER"}}
	}
	s := &ast.Rename{Kind: "table"}
	if c.acceptAny("TABLE", "TABLES") == "" {
		c.wrong("TABLE")
	}
	c.ifExists()
	c.list(func() {
		from := c.object("a table")
		c.waits()
		c.want("TO")
		s.Pairs = append(s.Pairs, ast.Naming{From: from, To: c.object("a table")})
	})
	return ast.Statement{Rename: s}
}

// mysqlGrant reads GRANT and REVOKE, of rights and of roles.
func (c *cursor) mysqlGrant() ast.Statement {
	s := &ast.Grant{Revoke: c.next().key == "REVOKE"}
	c.ifExists()
	c.list(func() { s.Rights = append(s.Rights, c.right()) })
	if c.accept("ON") {
		if c.isAny("TABLE", "FUNCTION", "PROCEDURE", "PACKAGE") && c.ahead(1).key != "." {
			if c.next().key == "PACKAGE" {
				c.accept("BODY")
			}
		}
		s.On = []ast.Name{c.granted()}
	}
	switch {
	case s.Revoke:
		c.want("FROM")
	default:
		c.want("TO")
	}
	c.list(func() {
		s.To = append(s.To, c.account())
		if c.acceptAny("IDENTIFIED", "WITH") == "WITH" {
			c.at--
		}
		c.identified()
	})
	for !c.end() { // REQUIRE, WITH GRANT OPTION, AS, IGNORE UNKNOWN USER
		if c.is("WITH", "GRANT", "OPTION") || c.is("WITH", "ADMIN", "OPTION") {
			s.WithOption = true
		}
		c.next()
	}
	return ast.Statement{Grant: s}
}

// identified passes over how an account logs in.
func (c *cursor) identified() {
	for c.acceptAny("BY", "VIA", "PASSWORD", "AS", "USING", "OR") != "" {
		if c.peek().kind == lexText || c.isName() {
			c.next()
		}
	}
}

// right reads one right with its columns, or a role, in lower case.
func (c *cursor) right() string {
	if k := c.peek().kind; k != lexWord {
		return c.account()
	}
	if c.ahead(1).kind == lexVariable {
		return c.account()
	}
	var parts []string
	for c.peek().kind == lexWord && !c.isAny("ON", "TO", "FROM") {
		parts = append(parts, lower(c.textOf(c.next())))
	}
	if c.is("(") {
		c.names()
	}
	if len(parts) == 0 {
		c.wrong("a right or a role")
	}
	right := strings.Join(parts, " ")
	if right == "all privileges" {
		return "all"
	}
	return right
}

// granted reads what a right is for: *, *.*, database.*, or an object.
func (c *cursor) granted() ast.Name {
	if c.peek().kind == lexText || c.ahead(1).kind == lexVariable { // of PROXY
		return ast.Name{Name: c.account()}
	}
	n := ast.Name{Name: "*"}
	if !c.accept("*") {
		n.Name = c.name("an object")
	}
	if !c.accept(".") {
		return n
	}
	n.Schema = n.Name
	if c.accept("*") {
		n.Name = "*"
	} else {
		n.Name = c.label()
	}
	return n
}

// mysqlSet reads SET. Of several settings the tree holds the first.
func (c *cursor) mysqlSet() ast.Statement {
	c.want("SET")
	s := &ast.Set{}
	switch {
	case c.is("STATEMENT"), c.is("PASSWORD") && c.ahead(1).key != ".":
		s.Name = lower(c.next().key)
		c.body()
	case c.accept("ROLE"), c.accept("DEFAULT", "ROLE"):
		if c.end() {
			c.wrong("a role")
		}
		s.Name, s.Value = "role", c.body()
	case c.accept("NAMES"):
		s.Name, s.Value = "names", c.charsetName()
		if c.accept("COLLATE") {
			c.collation()
		}
		c.moreSettings()
	case c.acceptCharset():
		s.Name, s.Value = "charset", c.charsetName()
		c.moreSettings()
	case c.is("TRANSACTION"), c.is("SESSION", "TRANSACTION"), c.is("GLOBAL", "TRANSACTION"),
		c.is("LOCAL", "TRANSACTION"):
		s.Global = c.next().key == "GLOBAL"
		c.accept("TRANSACTION")
		s.Name, s.Value = "transaction", c.body()
	case c.is("RESOURCE", "GROUP"):
		s.Name, s.Value = "resource group", c.body()
	default:
		c.setting(s)
		c.moreSettings()
	}
	return ast.Statement{Set: s}
}

func (c *cursor) moreSettings() {
	for c.accept(",") {
		switch {
		case c.acceptCharset():
			c.charsetName()
		case c.accept("NAMES"):
			c.charsetName()
			if c.accept("COLLATE") {
				c.collation()
			}
		default:
			c.setting(&ast.Set{})
		}
	}
}

// setting reads name = value.
func (c *cursor) setting(s *ast.Set) {
	scope := c.peek().key
	if c.isAny("GLOBAL", "SESSION", "LOCAL", "PERSIST", "PERSIST_ONLY") && c.ahead(1).kind == lexWord {
		c.next()
		s.Global = scope == "GLOBAL" || scope == "PERSIST" || scope == "PERSIST_ONLY"
	}
	if l := c.peek(); l.kind == lexVariable {
		s.Name = lower(c.textOf(c.next()))
		s.Global = strings.HasPrefix(s.Name, "@@global.") || strings.HasPrefix(s.Name, "@@persist")
		if strings.HasPrefix(s.Name, "@@") {
			s.Name = s.Name[strings.LastIndexAny(s.Name, "@.")+1:]
		}
	} else {
		s.Name = lower(c.object("a setting").String())
	}
	if c.acceptAny("=", ":=") == "" {
		c.wrong("=")
	}
	first := c.at
	if c.acceptAny("DEFAULT", "ON", "ALL", "BINARY", "ROW", "SYSTEM") == "" {
		c.exprAt(precedenceAny)
	}
	s.Value = c.raw(first)
	if last := c.lexemes[max(c.at-1, 0)]; last.kind == lexText && c.at == first+1 {
		s.Value = c.value(last)
	}
}
