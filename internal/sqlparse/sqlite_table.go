package sqlparse

import (
	"strings"

	"towpath/internal/ast"
)

// sqliteCreate reads CREATE.
func (c *cursor) sqliteCreate() ast.Statement {
	pos := c.pos()
	c.want("CREATE")
	temporary := c.acceptAny("TEMP", "TEMPORARY") != ""
	unique := c.is("UNIQUE", "INDEX") && c.accept("UNIQUE")
	switch c.acceptAny("TABLE", "VIRTUAL", "INDEX", "VIEW", "TRIGGER") {
	case "TABLE":
		return c.sqliteTable(temporary)
	case "VIRTUAL":
		return c.virtualTable()
	case "INDEX":
		return c.sqliteIndex(pos, unique)
	case "VIEW":
		s := &ast.CreateView{Temporary: temporary, IfNotExists: c.ifNotExists(), Name: c.object("a view")}
		if c.is("(") {
			c.names()
		}
		c.want("AS")
		s.Query = c.query()
		return ast.Statement{CreateView: s}
	case "TRIGGER":
		return c.sqliteTrigger(temporary)
	}
	c.wrong("TABLE, INDEX, VIEW or TRIGGER")
	return ast.Statement{}
}

func (c *cursor) virtualTable() ast.Statement {
	c.want("TABLE")
	s := &ast.CreateTable{IfNotExists: c.ifNotExists(), Name: c.object("a table")}
	c.want("USING")
	s.Virtual = lower(c.name("a module"))
	if c.is("(") {
		c.skipParentheses()
	}
	return ast.Statement{CreateTable: s}
}

func (c *cursor) sqliteIndex(pos ast.Position, unique bool) ast.Statement {
	s := &ast.CreateIndex{IfNotExists: c.ifNotExists()}
	name := c.object("an index")
	s.Schema = name.Schema
	s.Index = ast.Index{Pos: pos, Name: name.Name, Unique: unique}
	c.want("ON")
	s.Table = ast.Name{Name: c.name("a table")}
	s.Keys = c.sqliteKeys()
	if c.accept("WHERE") {
		s.Where = c.expr()
	}
	return ast.Statement{CreateIndex: s}
}

// sqliteKeys reads the columns of an index or a key.
func (c *cursor) sqliteKeys() (keys []ast.Key) {
	c.parenthesized(func() {
		first := c.at
		var o operand
		known := c.gathered(func() { o = c.expression(precedenceAny) })
		key := ast.Key{}
		switch {
		case o.class == column && len(known.columns) == 1:
			key.Column = known.columns[0]
		case o.class == literal && c.lexemes[min(first, len(c.lexemes)-1)].kind == lexText:
			key.Column = c.value(c.lexemes[first]) // a string for a name
		default:
			key.Expr = c.made(first, o, known)
		}
		key.Desc = c.acceptAny("ASC", "DESC") == "DESC"
		c.accept("AUTOINCREMENT")
		keys = append(keys, key)
	})
	return keys
}

func (c *cursor) sqliteTrigger(temporary bool) ast.Statement {
	s := &ast.CreateTrigger{Temporary: temporary}
	c.ifNotExists()
	s.Name = c.object("a trigger")
	if c.accept("INSTEAD") {
		c.want("OF")
	} else {
		c.acceptAny("BEFORE", "AFTER")
	}
	switch c.acceptAny("DELETE", "INSERT", "UPDATE") {
	case "UPDATE":
		if c.accept("OF") {
			c.list(func() { c.name("a column") })
		}
	case "":
		c.wrong("DELETE, INSERT or UPDATE")
	}
	c.want("ON")
	s.Table = c.object("a table")
	if c.accept("FOR") {
		c.want("EACH", "ROW")
	}
	if c.accept("WHEN") {
		c.exprAt(precedenceAny)
	}
	if !c.is("BEGIN") {
		c.wrong("BEGIN")
	}
	c.body()
	return ast.Statement{CreateTrigger: s}
}

func (c *cursor) sqliteTable(temporary bool) ast.Statement {
	s := &ast.CreateTable{Temporary: temporary, IfNotExists: c.ifNotExists(), Name: c.object("a table")}
	if c.accept("AS") {
		s.As = c.query()
		return ast.Statement{CreateTable: s}
	}
	c.want("(")
	c.list(func() {
		if c.isTableConstraint() {
			s.Constraints = append(s.Constraints, c.sqliteConstraints()...)
			return
		}
		s.Columns = append(s.Columns, *c.sqliteColumn())
		if c.isTableConstraint() { // its comma may be left out
			s.Constraints = append(s.Constraints, c.sqliteConstraints()...)
		}
	})
	c.want(")")
	c.sqliteOptions(s)
	return ast.Statement{CreateTable: s}
}

func (c *cursor) sqliteOptions(s *ast.CreateTable) {
	for more := !c.end(); more; more = c.accept(",") {
		switch {
		case c.accept("WITHOUT"):
			if lower(c.name("ROWID")) != "rowid" {
				c.wrong("ROWID")
			}
			s.WithoutRowid = true
		case c.accept("STRICT"):
			s.Strict = true
		default:
			c.wrong("WITHOUT ROWID or STRICT")
		}
	}
}

func (c *cursor) isTableConstraint() bool {
	return c.isAny("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN")
}

// sqliteConstraints reads the constraints of a table, between which commas may be left out.
func (c *cursor) sqliteConstraints() (list []ast.Constraint) {
	for c.isTableConstraint() {
		made := ast.Constraint{Pos: c.pos()}
		if c.accept("CONSTRAINT") {
			made.Name = c.name("a name")
		}
		switch {
		case c.accept("PRIMARY"):
			c.want("KEY")
			made.Kind, made.Columns = ast.PrimaryKey, c.sqliteKeys()
			c.onConflict()
		case c.accept("UNIQUE"):
			made.Kind, made.Columns = ast.Unique, c.sqliteKeys()
			c.onConflict()
		case c.accept("CHECK"):
			c.sqliteCheck(&made)
			c.onConflict()
		case c.accept("FOREIGN"):
			c.want("KEY", "(")
			made.Kind = ast.ForeignKey
			c.list(func() { made.Columns = append(made.Columns, ast.Key{Column: c.name("a column")}) })
			c.want(")")
			made.References = c.sqliteReferences(&made)
		default:
			if c.trouble == nil && (c.is(",") || c.is(")")) {
				return list // a name without a constraint, which SQLite passes over
			}
			c.wrong("a constraint")
		}
		list = append(list, made)
	}
	return list
}

func (c *cursor) sqliteCheck(made *ast.Constraint) {
	made.Kind = ast.Check
	c.want("(")
	made.Check = c.expr()
	c.want(")")
}

func (c *cursor) onConflict() {
	if c.is("ON", "CONFLICT") {
		c.want("ON", "CONFLICT")
		if c.acceptAny("ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE") == "" {
			c.wrong("ROLLBACK, ABORT, FAIL, IGNORE or REPLACE")
		}
	}
}

func (c *cursor) sqliteColumn() *ast.Column {
	col := &ast.Column{Pos: c.pos(), Name: c.name("a column")}
	if !c.isAny("GENERATED", "CONSTRAINT") {
		col.Type = c.sqliteType()
	}
	for c.sqliteAttribute(col) {
		continue
	}
	return col
}

// sqliteType reads a type: any words, perhaps with one or two numbers.
func (c *cursor) sqliteType() (t ast.Type) {
	var parts []string
	for c.isName() && !(len(parts) > 0 && c.is("GENERATED", "ALWAYS")) {
		parts = append(parts, lower(c.nameOf(c.next())))
	}
	t.Name = strings.Join(parts, " ")
	if len(parts) > 0 && c.accept("(") {
		c.list(func() {
			first := c.at
			c.acceptAny("+", "-")
			if c.peek().kind == lexNumber {
				c.number()
			} else {
				c.name("a number")
			}
			t.Args = append(t.Args, c.raw(first))
		})
		c.want(")")
	}
	return t
}

// sqliteAttribute reads one constraint of a column.
func (c *cursor) sqliteAttribute(col *ast.Column) bool {
	made := ast.Constraint{Pos: c.pos()}
	if c.accept("CONSTRAINT") {
		made.Name = c.name("a name")
	}
	switch {
	case c.accept("NOT", "NULL"):
		col.NotNull = true
		c.onConflict()
		return true
	case c.accept("NULL"):
		col.Null = true
		c.onConflict()
		return true
	case c.accept("DEFAULT"):
		col.Default = c.sqliteDefault()
		return true
	case c.accept("COLLATE"):
		col.Collation = lower(c.name("a collation"))
		return true
	case c.is("GENERATED", "ALWAYS"), c.is("AS"):
		c.sqliteGeneration(col)
		return true
	case c.accept("PRIMARY"):
		c.want("KEY")
		made.Kind = ast.PrimaryKey
		if c.acceptAny("ASC", "DESC") == "DESC" {
			made.Columns = []ast.Key{{Column: col.Name, Desc: true}}
		}
		c.onConflict()
		col.AutoIncrement = c.accept("AUTOINCREMENT")
	case c.accept("UNIQUE"):
		made.Kind = ast.Unique
		c.onConflict()
	case c.accept("CHECK"):
		c.sqliteCheck(&made)
		c.onConflict()
	case c.is("REFERENCES"):
		made.Kind = ast.ForeignKey
		made.References = c.sqliteReferences(&made)
	default:
		return made.Name != ""
	}
	col.Constraints = append(col.Constraints, made)
	return true
}

// sqliteDefault reads a value: SQLite takes a bare name for a string there.
func (c *cursor) sqliteDefault() *ast.Expr {
	l := c.peek()
	e := c.exprAt(precedenceUnary)
	if len(e.Columns) == 1 && l.key != "(" {
		e.Const, e.Columns = true, nil
	}
	return e
}

func (c *cursor) sqliteGeneration(col *ast.Column) {
	c.accept("GENERATED", "ALWAYS")
	c.want("AS", "(")
	col.Generation = c.expr()
	c.want(")")
	col.Generated = ast.Virtual
	if c.accept("STORED") {
		col.Generated = ast.Stored
	} else {
		c.accept("VIRTUAL")
	}
}

func (c *cursor) sqliteReferences(made *ast.Constraint) *ast.Reference {
	c.want("REFERENCES")
	r := &ast.Reference{Table: c.object("a table")}
	if c.is("(") {
		r.Columns = c.names()
	}
	for c.isAny("ON", "MATCH") {
		switch {
		case c.accept("MATCH"):
			c.name("a way to match")
		case c.accept("ON", "DELETE"):
			r.OnDelete = c.referenceAction()
		case c.accept("ON", "UPDATE"):
			r.OnUpdate = c.referenceAction()
		case c.accept("ON", "INSERT"):
			c.referenceAction()
		default:
			c.wrong("ON DELETE or ON UPDATE")
		}
	}
	if c.is("NOT", "DEFERRABLE") || c.is("DEFERRABLE") {
		made.Deferrable = !c.accept("NOT")
		c.want("DEFERRABLE")
		if c.accept("INITIALLY") && c.acceptAny("DEFERRED", "IMMEDIATE") == "" {
			c.wrong("DEFERRED or IMMEDIATE")
		}
	}
	return r
}

// sqliteAlter reads ALTER TABLE, which has one action.
func (c *cursor) sqliteAlter() ast.Statement {
	c.want("ALTER", "TABLE")
	s := &ast.AlterTable{Table: c.object("a table")}
	act := ast.Action{Pos: c.pos()}
	switch c.acceptAny("RENAME", "ADD", "DROP", "ALTER") {
	case "RENAME":
		if c.accept("TO") {
			act.Kind, act.NewName = ast.RenameTable, c.name("a table")
			break
		}
		c.accept("COLUMN")
		act.Kind, act.Name = ast.RenameColumn, c.name("a column")
		c.want("TO")
		act.NewName = c.name("a column")
	case "ADD":
		if c.is("CONSTRAINT") || c.is("CHECK") {
			made := c.sqliteConstraints()
			act.Kind = ast.AddConstraint
			if len(made) != 1 {
				c.unread("a constraint")
				break
			}
			act.Constraint = &made[0]
		}
		c.accept("COLUMN")
		act.Kind, act.Column = ast.AddColumn, c.sqliteColumn()
	case "ALTER":
		c.accept("COLUMN")
		act.Name, act.Kind = c.name("a column"), ast.SetNotNull
		if c.acceptAny("SET", "DROP") == "DROP" {
			act.Kind = ast.DropNotNull
		}
		c.want("NOT", "NULL")
		c.onConflict()
	case "DROP":
		if c.accept("CONSTRAINT") {
			act.Kind, act.Name = ast.DropConstraint, c.name("a constraint")
			break
		}
		c.accept("COLUMN")
		act.Kind, act.Name = ast.DropColumn, c.name("a column")
	default:
		c.unread("RENAME, ADD, ALTER or DROP")
	}
	s.Actions = []ast.Action{act}
	return ast.Statement{AlterTable: s}
}
