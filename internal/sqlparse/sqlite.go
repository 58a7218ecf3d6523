package sqlparse

import (
	"errors"

	"towpath/internal/ast"
	"towpath/internal/dialect/sqlite"
)

// readSQLite reads a statement of SQLite. The tree is our own reader's, and SQLite itself says
// whether the statement is SQL.
func readSQLite(text string) ([]ast.Statement, error) {
	lexemes, err := lex(text, sqlite.Reader().Lexer(), true)
	if err != nil {
		return nil, err
	}
	if len(lexemes) == 0 {
		return nil, nil
	}
	if err := judgedBySQLite(text, lexemes); err != nil {
		return nil, err
	}
	made, err := readSQLiteTree(text, lexemes)
	var wrong *SyntaxError
	if errors.As(err, &wrong) { // SQLite knows better
		err = &NotAnalyzed{Pos: wrong.Pos, Why: wrong.Message}
	}
	return made, err
}

func readSQLiteTree(text string, lexemes []lexeme) ([]ast.Statement, error) {
	c := &cursor{
		vocabulary: vocabulary{reserved: sqliteReserved, known: sqliteKnown},
		text:       text, lexemes: lexemes, facts: &facts{},
	}
	made := c.sqliteStatement()
	c.finish()
	if c.trouble != nil {
		return nil, c.trouble
	}
	made.Pos = lexemes[0].pos
	return []ast.Statement{made}, nil
}

// sqliteStatement reads the statement by its first word. https://www.sqlite.org/lang.html
func (c *cursor) sqliteStatement() ast.Statement {
	switch c.peek().key {
	case "CREATE":
		return c.sqliteCreate()
	case "ALTER":
		return c.sqliteAlter()
	case "DROP":
		return c.sqliteDrop()
	case "WITH", "INSERT", "REPLACE", "UPDATE", "DELETE":
		return c.sqliteChange()
	case "SELECT", "VALUES":
		return ast.Statement{Select: c.query()}
	case "PRAGMA":
		return c.pragma()
	case "VACUUM", "ANALYZE", "REINDEX":
		return c.sqliteMaintain()
	case "EXPLAIN", "ATTACH", "DETACH":
		verb := c.next().key
		c.body()
		return ast.Statement{Other: &ast.Other{Verb: verb}}
	}
	return c.sqliteTransaction()
}

func (c *cursor) sqliteDrop() ast.Statement {
	c.want("DROP")
	s := &ast.Drop{Kind: lower(c.acceptAny("TABLE", "INDEX", "VIEW", "TRIGGER"))}
	if s.Kind == "" {
		c.wrong("TABLE, INDEX, VIEW or TRIGGER")
	}
	s.IfExists = c.ifExists()
	s.Names = []ast.Name{c.object("a name")}
	return ast.Statement{Drop: s}
}

func (c *cursor) pragma() ast.Statement {
	c.want("PRAGMA")
	s := &ast.Set{Pragma: true, Name: lower(c.object("a pragma").Name)}
	called := c.accept("(")
	if called || c.accept("=") {
		first := c.at
		c.acceptAny("+", "-")
		c.next()
		s.Value = c.raw(first)
		if first == c.at-1 && c.lexemes[first].kind != lexNumber {
			s.Value = c.nameOf(c.lexemes[first])
		}
	}
	if called {
		c.want(")")
	}
	return ast.Statement{Set: s}
}

func (c *cursor) sqliteMaintain() ast.Statement {
	s := &ast.Maintain{Verb: lower(c.next().key)}
	if c.isName() && !c.is("INTO") {
		s.Tables = []ast.Name{c.object("a name")}
	}
	if s.Verb == "vacuum" {
		s.Tables = nil // it names a database
		if c.accept("INTO") {
			c.exprAt(precedenceAny)
		}
	}
	return ast.Statement{Maintain: s}
}

func (c *cursor) sqliteTransaction() ast.Statement {
	s := &ast.Transaction{}
	switch c.acceptAny("BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE") {
	case "BEGIN":
		s.Verb = "begin"
		c.acceptAny("DEFERRED", "IMMEDIATE", "EXCLUSIVE")
		c.namedTransaction()
	case "COMMIT", "END":
		s.Verb = "commit"
		c.namedTransaction()
	case "ROLLBACK":
		s.Verb = "rollback"
		c.namedTransaction()
		if c.accept("TO") {
			s.Verb = "rollback to"
			c.accept("SAVEPOINT")
			c.name("a savepoint")
		}
	case "SAVEPOINT":
		s.Verb = "savepoint"
		c.name("a savepoint")
	case "RELEASE":
		s.Verb = "release"
		c.accept("SAVEPOINT")
		c.name("a savepoint")
	default:
		c.wrong("a statement")
	}
	return ast.Statement{Transaction: s}
}

// namedTransaction reads TRANSACTION with a name that means nothing.
func (c *cursor) namedTransaction() {
	if c.accept("TRANSACTION") && c.isName() {
		c.name("a name")
	}
}

// sqliteReservedWords cannot be bare names. https://www.sqlite.org/lang_keywords.html lists all
// key words; the others give way to a name where they can.
var sqliteReservedWords = onceSet(`
	add all alter and as autoincrement between case check collate commit constraint create default
	deferrable delete distinct drop else escape except exists foreign from group having in index
	insert intersect into is isnull join limit not nothing notnull null on or order primary
	references returning select set table then to transaction union unique update using values when
	where
`)

// sqliteOtherWords are the rest.
var sqliteOtherWords = onceSet(`
	abort action after always analyze asc attach before begin by cascade cast column conflict cross
	current current_date current_time current_timestamp database deferred desc detach do each end
	exclude exclusive explain fail filter first following for full generated glob groups if ignore
	immediate indexed initially inner instead key last left like match materialized natural no
	nulls of offset others outer over partition plan pragma preceding query raise range recursive
	regexp reindex release rename replace restrict right rollback row rows savepoint temp temporary
	ties trigger unbounded vacuum view virtual window with without
`)

func sqliteReserved(key string) bool { return sqliteReservedWords()[key] }

func sqliteKnown(key string) bool { return sqliteReserved(key) || sqliteOtherWords()[key] }

func (c *cursor) sqliteChange() ast.Statement {
	at := c.at
	if c.is("WITH") {
		c.with(&ast.Select{})
	}
	switch {
	case c.isAny("INSERT", "REPLACE"):
		return ast.Statement{Insert: c.sqliteInsert()}
	case c.is("UPDATE"):
		return ast.Statement{Update: c.sqliteUpdate()}
	case c.is("DELETE"):
		return ast.Statement{Delete: c.sqliteDelete()}
	}
	if c.trouble == nil {
		c.at = at
	}
	return ast.Statement{Select: c.query()}
}

// orConflict reads OR and what happens to a row in conflict.
func (c *cursor) orConflict() string {
	if !c.accept("OR") {
		return ""
	}
	way := c.acceptAny("ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE")
	if way == "" {
		c.wrong("ROLLBACK, ABORT, FAIL, IGNORE or REPLACE")
	}
	return way
}

func (c *cursor) sqliteInsert() *ast.Insert {
	s := &ast.Insert{Upsert: c.next().key == "REPLACE"}
	if way := c.orConflict(); way == "IGNORE" || way == "REPLACE" {
		s.Upsert = true
	}
	c.want("INTO")
	s.Table = c.object("a table")
	if c.accept("AS") {
		c.name("a name")
	}
	if c.is("(") {
		s.Columns = c.names()
	}
	switch {
	case c.accept("DEFAULT", "VALUES"):
		s.Default = true
	case c.is("VALUES") && !c.valuesGoOn():
		c.next()
		c.list(func() {
			c.valuesOf(s)
		})
	default:
		s.Query = c.query()
	}
	for c.accept("ON", "CONFLICT") {
		s.Upsert = true
		c.upsert()
	}
	c.returning()
	return s
}

// valuesGoOn reports whether VALUES is a part of a larger query, with UNION behind it.
func (c *cursor) valuesGoOn() bool {
	for n := 1; c.ahead(n).key == "("; {
		after := c.behind(c.at + n)
		switch after.key {
		case ",":
			n = c.closes(c.at+n) + 2 - c.at
			continue
		case "UNION", "EXCEPT", "INTERSECT":
			return true
		}
		return false
	}
	return false
}

func (c *cursor) upsert() {
	if c.is("(") {
		c.parenthesized(func() { c.gathered(c.ordered) })
		if c.accept("WHERE") {
			c.exprAt(precedenceAny)
		}
	}
	c.want("DO")
	if c.accept("NOTHING") {
		return
	}
	c.want("UPDATE", "SET")
	c.sqliteAssignments()
	if c.accept("WHERE") {
		c.exprAt(precedenceAny)
	}
}

// sqliteAssignments reads column = value and (columns) = values.
func (c *cursor) sqliteAssignments() (columns []string) {
	c.list(func() {
		if c.is("(") {
			columns = append(columns, c.names()...)
		} else {
			columns = append(columns, c.name("a column"))
		}
		c.want("=")
		c.exprAt(precedenceAny)
	})
	return columns
}

// changed reads the table of an UPDATE or a DELETE.
func (c *cursor) changed() ast.Name {
	n := c.object("a table")
	if c.accept("AS") {
		c.name("a name")
	}
	if c.accept("INDEXED") {
		c.want("BY")
		c.name("an index")
	} else if c.accept("NOT") {
		c.want("INDEXED")
	}
	return n
}

func (c *cursor) sqliteUpdate() *ast.Update {
	c.want("UPDATE")
	c.orConflict()
	s := &ast.Update{Tables: []ast.Name{c.changed()}}
	c.want("SET")
	s.Set = c.sqliteAssignments()
	if c.accept("FROM") {
		c.gathered(func() { c.tableReferences(&ast.Select{}) })
	}
	if c.accept("WHERE") {
		s.Where = c.where()
	}
	c.returning()
	s.OrderBy, s.Limit = c.changeTail()
	return s
}

func (c *cursor) sqliteDelete() *ast.Delete {
	c.want("DELETE", "FROM")
	s := &ast.Delete{Tables: []ast.Name{c.changed()}}
	if c.accept("WHERE") {
		s.Where = c.where()
	}
	c.returning()
	s.OrderBy, s.Limit = c.changeTail()
	return s
}
