package sqlparse

import (
	"errors"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/dialect/mysql"
)

// readMySQL reads a statement of MySQL or MariaDB, in the servers' default mode. The text of
// conditional comments counts, unless the statement can be read only without it. What is wrong in a
// statement that is nothing else is wrong for some servers alone.
func readMySQL(text string) ([]ast.Statement, error) {
	made, err := readMySQLAs(text, true)
	if err != nil && strings.Contains(text, "/*") {
		without, again := readMySQLAs(text, false)
		var wrong *SyntaxError
		switch {
		case again == nil && len(without) > 0:
			return without, nil
		case again == nil && errors.As(err, &wrong):
			err = &NotAnalyzed{Pos: wrong.Pos, Why: wrong.Message}
		}
	}
	return made, err
}

func readMySQLAs(text string, conditional bool) ([]ast.Statement, error) {
	lexemes, err := lex(text, mysql.Reader().Lexer(), conditional)
	if err != nil {
		return nil, err
	}
	if len(lexemes) == 0 {
		return nil, nil
	}
	c := &cursor{
		vocabulary: vocabulary{mysql: true, reserved: mysqlReserved, known: mysqlKnown},
		text:       text, lexemes: lexemes, facts: &facts{},
	}
	made := c.mysqlStatement()
	c.finish()
	if c.trouble != nil {
		return nil, c.trouble
	}
	made.Pos = lexemes[0].pos
	return []ast.Statement{made}, nil
}

// mysqlStatement reads the statement by its first word.
func (c *cursor) mysqlStatement() ast.Statement {
	switch c.peek().key {
	case "CREATE":
		return c.mysqlCreate()
	case "ALTER":
		return c.mysqlAlter()
	case "DROP":
		return c.mysqlDrop()
	case "RENAME":
		return c.mysqlRename()
	case "TRUNCATE":
		c.next()
		c.accept("TABLE")
		s := &ast.Truncate{Tables: []ast.Name{c.object("a table")}}
		c.waits()
		return ast.Statement{Truncate: s}
	case "GRANT", "REVOKE":
		return c.mysqlGrant()
	case "SET":
		return c.mysqlSet()
	case "SELECT", "(", "VALUES", "TABLE":
		return ast.Statement{Select: c.query()}
	case "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE":
		return c.mysqlChange()
	case "CALL", "DO":
		return c.mysqlCall()
	}
	return c.mysqlControl()
}

// mysqlCall reads CALL and DO.
func (c *cursor) mysqlCall() ast.Statement {
	if c.next().key == "DO" {
		c.list(func() { c.selected(&ast.Select{}) })
		return ast.Statement{Other: &ast.Other{Verb: "DO"}}
	}
	name := c.object("a procedure")
	if c.accept(".") { // of a package
		c.label()
	}
	if c.is("(") {
		c.arguments()
	}
	return ast.Statement{Block: &ast.Block{Call: &name}}
}

// mysqlControl reads transactions, maintenance, and what no rule looks into.
func (c *cursor) mysqlControl() ast.Statement {
	l := c.peek()
	switch {
	case c.is("BEGIN", "NOT", "ATOMIC"), c.isAny("IF", "CASE", "LOOP", "WHILE", "REPEAT", "FOR", "DECLARE"):
		return ast.Statement{Block: &ast.Block{Body: c.body(), DynamicSQL: c.dynamic()}}
	case c.isAny("BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "LOCK", "UNLOCK"):
		return c.mysqlTransaction()
	case c.isAny("ANALYZE", "OPTIMIZE", "REPAIR", "CHECK", "CHECKSUM"):
		return c.mysqlMaintain()
	case otherVerbs[l.key]:
		return c.otherStatement()
	}
	if l.kind == lexWord && c.known(l.key) {
		c.unread("a statement")
	} else {
		c.wrong("a statement")
	}
	return ast.Statement{}
}

// otherVerbs begin statements that the tree has no place for.
var otherVerbs = map[string]bool{
	"USE": true, "SHOW": true, "EXPLAIN": true, "DESCRIBE": true, "DESC": true, "FLUSH": true, "KILL": true,
	"RESET": true, "PURGE": true, "LOAD": true, "HANDLER": true, "PREPARE": true, "EXECUTE": true,
	"DEALLOCATE": true, "SIGNAL": true, "RESIGNAL": true, "GET": true, "CHANGE": true, "STOP": true,
	"INSTALL": true, "UNINSTALL": true, "CACHE": true, "BACKUP": true, "BINLOG": true, "CLONE": true,
	"IMPORT": true, "HELP": true, "SHUTDOWN": true, "RESTART": true, "XA": true, "SLAVE": true,
}

// otherStatement passes over a statement that the tree has no place for.
func (c *cursor) otherStatement() ast.Statement {
	verb := c.verb()
	for !c.end() {
		if c.is("(") {
			c.skipParentheses()
			continue
		}
		if c.is(")") {
			c.wrong("the end of the statement")
		}
		c.next()
	}
	return ast.Statement{Other: &ast.Other{Verb: verb}}
}

// verb is the first words of a statement.
func (c *cursor) verb() string {
	verb := c.peek().key
	if second := c.ahead(1); second.kind == lexWord && c.known(second.key) {
		verb += " " + second.key
	}
	return verb
}

// body is the text from here up to the end, whose statements the tree does not hold.
func (c *cursor) body() string {
	first := c.at
	c.at = len(c.lexemes)
	return c.raw(first)
}

// dynamic reports whether the statement puts SQL together of texts that it does not quote, and
// runs it. A value by itself, a literal and a call of QUOTE put nothing in that is not quoted.
func (c *cursor) dynamic() bool {
	runs, puts := false, false
	for i := range c.lexemes {
		switch l := c.lexemes[i]; {
		case l.key == "PREPARE", l.key == "IMMEDIATE":
			runs = true
		case (l.key == "CONCAT" || l.key == "CONCAT_WS") && i+1 < len(c.lexemes) &&
			c.lexemes[i+1].key == "(":
			puts = puts || c.unquoted(i+2)
		}
	}
	return runs && puts
}

// unquoted reports whether a list of values up to its parenthesis has one that is no literal and
// not quoted.
func (c *cursor) unquoted(at int) bool {
	for depth := 0; at < len(c.lexemes); at++ {
		switch l := c.lexemes[at]; {
		case l.key == "QUOTE" && at+1 < len(c.lexemes) && c.lexemes[at+1].key == "(":
			at = c.closes(at + 1)
		case l.key == "(":
			depth++
		case l.key == ")":
			if depth--; depth < 0 {
				return false
			}
		case l.kind == lexVariable, l.kind == lexName:
			return true
		case l.kind == lexWord && (at+1 >= len(c.lexemes) || c.lexemes[at+1].key != "("):
			return true
		}
	}
	return false
}

// closes is the index of the parenthesis that closes the one at an index.
func (c *cursor) closes(at int) int {
	c.behind(at)
	return max(int(c.closing[at]), at)
}

// mysqlTransaction reads the statements around a transaction.
func (c *cursor) mysqlTransaction() ast.Statement {
	s := &ast.Transaction{}
	switch c.next().key {
	case "BEGIN":
		s.Verb = "begin"
		c.accept("WORK")
	case "START":
		if c.isAny("SLAVE", "REPLICA", "ALL", "GROUP_REPLICATION") {
			c.at--
			return c.otherStatement()
		}
		c.want("TRANSACTION")
		s.Verb = "begin"
		for c.accept("READ", "ONLY") || c.accept("READ", "WRITE") ||
			c.accept("WITH", "CONSISTENT", "SNAPSHOT") || c.accept(",") {
			continue
		}
	case "COMMIT":
		s.Verb = "commit"
		c.completion()
	case "ROLLBACK":
		s.Verb = "rollback"
		c.completion()
		if c.accept("TO") {
			s.Verb = "rollback to"
			if c.ahead(1).kind != lexEnd {
				c.accept("SAVEPOINT")
			}
			c.name("a savepoint")
		}
	case "SAVEPOINT":
		s.Verb = "savepoint"
		c.name("a savepoint")
	case "RELEASE":
		s.Verb = "release"
		c.want("SAVEPOINT")
		c.name("a savepoint")
	case "LOCK":
		s.Verb = "lock"
		c.locks()
	case "UNLOCK":
		s.Verb = "unlock"
		if c.acceptAny("TABLES", "TABLE", "INSTANCE") == "" {
			c.wrong("TABLES")
		}
	}
	return ast.Statement{Transaction: s}
}

// locks reads the tables behind LOCK.
func (c *cursor) locks() {
	if c.accept("INSTANCE", "FOR", "BACKUP") {
		return
	}
	if c.acceptAny("TABLES", "TABLE") == "" {
		c.wrong("TABLES")
	}
	c.list(func() {
		c.object("a table")
		c.alias()
		c.accept("LOW_PRIORITY")
		switch c.acceptAny("READ", "WRITE") {
		case "READ":
			c.accept("LOCAL")
		case "WRITE":
			c.accept("CONCURRENT")
		default:
			c.wrong("READ or WRITE")
		}
	})
	c.waits()
}

// completion reads WORK, AND CHAIN and RELEASE.
func (c *cursor) completion() {
	c.accept("WORK")
	if c.accept("AND") {
		c.accept("NO")
		c.want("CHAIN")
	}
	if !c.accept("NO", "RELEASE") {
		c.accept("RELEASE")
	}
}

// mysqlMaintain reads ANALYZE TABLE and its like.
func (c *cursor) mysqlMaintain() ast.Statement {
	verb := c.peek().key
	follows := c.ahead(1).key
	if verb == "ANALYZE" && follows != "TABLE" && follows != "TABLES" && follows != "LOCAL" &&
		follows != "NO_WRITE_TO_BINLOG" {
		return c.otherStatement() // MariaDB's ANALYZE SELECT
	}
	c.next()
	c.acceptAny("NO_WRITE_TO_BINLOG", "LOCAL")
	if c.is("VIEW") || c.acceptAny("TABLE", "TABLES") == "" {
		c.body()
		return ast.Statement{Other: &ast.Other{Verb: verb}}
	}
	s := &ast.Maintain{Verb: strings.ToLower(verb)}
	c.list(func() { s.Tables = append(s.Tables, c.object("a table")) })
	c.body() // how thoroughly
	return ast.Statement{Maintain: s}
}
