package sqlparse

import (
	"slices"
	"strings"

	"towpath/internal/ast"
)

// alterTable reads ALTER TABLE behind these words.
func (c *cursor) alterTable() ast.Statement {
	s := &ast.AlterTable{IfExists: c.ifExists()}
	s.Table = c.object("a table")
	c.waits()
	a := alteration{cursor: c, s: s}
	for c.trouble == nil && !c.end() {
		a.item()
		if c.accept(",") {
			if c.end() {
				c.wrong("an action")
			}
			continue
		}
		// options and partitions need no comma between them
		if !c.isAny("PARTITION", "REMOVE") && !a.optionFollows() {
			break
		}
	}
	return ast.Statement{AlterTable: s}
}

// alteration reads the actions of one ALTER TABLE.
type alteration struct {
	*cursor
	s    *ast.AlterTable
	last bool // the last item was an option of the table
}

func (a *alteration) optionFollows() bool {
	at := a.at
	_, read := a.tableOption()
	a.at = min(at, len(a.lexemes))
	return read && a.last && a.trouble == nil
}

// item reads one action, or options.
func (a *alteration) item() {
	if o, read := a.onlineOption(); read {
		a.s.Options = append(a.s.Options, o)
		a.last = true
		return
	}
	act := ast.Action{Pos: a.pos()}
	a.last = false
	switch key := a.peek().key; key {
	case "ADD":
		a.next()
		a.add(act)
		return
	case "DROP":
		a.next()
		a.drop(&act)
	case "ALTER":
		a.next()
		a.alter(&act)
	case "MODIFY", "CHANGE":
		a.modify(&act)
	case "RENAME":
		a.next()
		a.rename(&act)
	case "CONVERT":
		a.convertTo(&act)
	case "ORDER":
		act.Kind = ast.Rebuild
		a.want("ORDER", "BY")
		a.list(func() {
			a.object("a column")
			a.acceptAny("ASC", "DESC")
		})
	default:
		if !a.options(&act) {
			a.other(&act)
		}
	}
	a.take(act)
}

func (a *alteration) take(act ast.Action) {
	if a.trouble == nil {
		a.s.Actions = append(a.s.Actions, act)
	}
}

// options reads the options of the table, as one action.
func (a *alteration) options(act *ast.Action) bool {
	for a.trouble == nil {
		o, read := a.tableOption()
		if !read {
			break
		}
		act.Options = append(act.Options, o)
		if !a.is(",") {
			continue
		}
		at := a.at
		a.next()
		if _, more := a.tableOption(); !more {
			a.at = at
			break
		}
		a.at = at + 1
	}
	if len(act.Options) == 0 {
		return false
	}
	a.last, act.Kind = true, ast.SetOptions
	if first := act.Options[0]; len(act.Options) == 1 && first.Name == "auto_increment" {
		act.Kind, act.Name, act.Options = ast.AutoIncrementTo, first.Value, nil
	}
	return true
}

// unlessThere reports whether a key that was read from a place says IF NOT EXISTS before its columns.
func (a *alteration) unlessThere(from int) bool {
	for _, l := range a.lexemes[from:min(a.at, len(a.lexemes))] {
		switch l.key {
		case "EXISTS":
			return true
		case "(":
			return false
		}
	}
	return false
}

// saysRows reports whether a word says which rows a partition has. One by a hash has none.
func saysRows(l lexeme) bool {
	return slices.Contains([]string{"VALUES", "HISTORY", "CURRENT", "DEFAULT"}, l.key)
}

// add reads what follows ADD.
func (a *alteration) add(act ast.Action) {
	switch {
	case a.accept("PARTITION"):
		act.Kind = ast.AddPartition
		a.ifNotExists()
		a.accept("NO_WRITE_TO_BINLOG")
		a.accept("LOCAL")
		if a.accept("PARTITIONS") {
			a.number()
			act.Name = "hash"
		} else if a.is("(") {
			from := a.at
			a.parenthesized(a.partition)
			if !slices.ContainsFunc(a.lexemes[from:min(a.at, len(a.lexemes))], saysRows) {
				act.Name = "hash"
			}
		}
	case a.accept("SYSTEM", "VERSIONING"):
		act.Kind = ast.AddVersioning
	case a.accept("PERIOD", "FOR"):
		act.Kind, act.Name = ast.OtherAction, "add period"
		a.period()
	case a.accept("COLUMN"):
		a.columns(act)
		return
	default:
		from := a.at
		made, index := a.key()
		act.IfNotExists = (made != nil || index != nil) && a.unlessThere(from)
		switch {
		case made != nil:
			act.Kind, act.Constraint = ast.AddConstraint, made
		case index != nil:
			act.Kind, act.Index = ast.AddIndex, index
		default:
			a.columns(act)
			return
		}
	}
	a.take(act)
}

// columns reads one new column, or several in parentheses.
func (a *alteration) columns(act ast.Action) {
	act.Kind, act.IfNotExists = ast.AddColumn, a.ifNotExists()
	if !a.is("(") {
		act.Column = a.mysqlColumn()
		a.placed(act.Column)
		a.take(act)
		return
	}
	a.parenthesized(func() {
		one := act
		if made, index := a.key(); made != nil {
			one.Kind, one.Constraint = ast.AddConstraint, made
		} else if index != nil {
			one.Kind, one.Index = ast.AddIndex, index
		} else {
			one.Pos = a.pos()
			one.Column = a.mysqlColumn()
		}
		a.take(one)
	})
}

// placed reads where a column stands.
func (a *alteration) placed(col *ast.Column) {
	switch {
	case a.accept("FIRST"):
		col.First = true
	case a.accept("AFTER"):
		col.After = a.name("a column")
	}
}

// modify reads MODIFY and CHANGE.
func (a *alteration) modify(act *ast.Action) {
	act.Kind, act.Change = ast.ModifyColumn, a.next().key == "CHANGE"
	a.accept("COLUMN")
	act.IfExists = a.ifExists()
	if act.Change {
		act.Name = a.name("a column")
	}
	act.Column = a.mysqlColumn()
	if !act.Change {
		act.Name = act.Column.Name
	}
	for _, made := range act.Column.Constraints {
		if made.Kind == ast.ForeignKey && a.trouble == nil {
			a.fail(&SyntaxError{Pos: made.Pos, Message: "REFERENCES cannot be changed with a column"})
		}
	}
	a.placed(act.Column)
}

// drop reads what follows DROP.
func (a *alteration) drop(act *ast.Action) {
	switch {
	case a.accept("PRIMARY"):
		a.want("KEY")
		act.Kind = ast.DropPrimaryKey
	case a.accept("FOREIGN"):
		a.want("KEY")
		act.Kind, act.Constraint = ast.DropConstraint, &ast.Constraint{Pos: act.Pos, Kind: ast.ForeignKey}
		act.IfExists, act.Name = a.ifExists(), a.name("a foreign key")
	case a.accept("CHECK"):
		act.Kind, act.Constraint = ast.DropConstraint, &ast.Constraint{Pos: act.Pos, Kind: ast.Check}
		act.Name = a.name("a constraint")
	case a.accept("CONSTRAINT"):
		act.Kind = ast.DropConstraint
		act.IfExists, act.Name = a.ifExists(), a.name("a constraint")
	case a.acceptAny("INDEX", "KEY") != "":
		act.Kind = ast.DropIndex
		act.IfExists = a.ifExists()
		act.Name = a.keyName()
	case a.accept("PARTITION"):
		act.Kind = ast.DropPartition
		act.IfExists = a.ifExists()
		a.list(func() { act.Names = append(act.Names, a.name("a partition")) })
	case a.accept("SYSTEM", "VERSIONING"):
		act.Kind = ast.DropVersioning
	case a.accept("PERIOD", "FOR"):
		act.Kind, act.Name = ast.OtherAction, "drop period"
		a.ifExists()
		a.name("a period")
	default:
		a.accept("COLUMN")
		act.Kind = ast.DropColumn
		act.IfExists, act.Name = a.ifExists(), a.name("a column")
		act.Cascade = a.acceptAny("RESTRICT", "CASCADE") == "CASCADE"
	}
}

// keyName reads the name of an index, of which PRIMARY is one.
func (c *cursor) keyName() string {
	if c.is("PRIMARY") {
		return c.nameOf(c.next())
	}
	return c.name("an index")
}

// alter reads what follows ALTER.
func (a *alteration) alter(act *ast.Action) {
	switch {
	case a.acceptAny("INDEX", "KEY") != "":
		act.Kind = ast.AlterIndex
		a.ifExists()
		act.Name = a.keyName()
		switch {
		case a.accept("INVISIBLE"), a.accept("IGNORED"):
			act.Options = []ast.Option{{Name: "invisible"}}
		case a.accept("VISIBLE"), a.accept("NOT", "IGNORED"):
			act.Options = []ast.Option{{Name: "visible"}}
		default:
			a.wrong("VISIBLE or INVISIBLE")
		}
	case a.acceptAny("CHECK", "CONSTRAINT") != "":
		act.Kind = ast.AlterConstraint
		act.Name = a.name("a constraint")
		if a.accept("NOT") {
			act.Options = []ast.Option{{Name: "enforced", Value: "false"}}
		} else {
			act.Options = []ast.Option{{Name: "enforced", Value: "true"}}
		}
		a.want("ENFORCED")
	default:
		a.accept("COLUMN")
		a.ifExists()
		act.Name = a.name("a column")
		switch {
		case a.accept("DROP", "DEFAULT"):
			act.Kind = ast.DropDefault
		case a.accept("SET", "DEFAULT"):
			act.Kind, act.Default = ast.SetDefault, a.exprAt(precedenceUnary)
		case a.accept("SET", "VISIBLE"), a.accept("SET", "INVISIBLE"):
			act.Kind = ast.OtherAction
		default:
			a.wrong("SET DEFAULT or DROP DEFAULT")
		}
	}
}

// rename reads what follows RENAME.
func (a *alteration) rename(act *ast.Action) {
	switch {
	case a.accept("COLUMN"):
		act.Kind = ast.RenameColumn
		act.IfExists, act.Name = a.ifExists(), a.name("a column")
		a.want("TO")
		act.NewName = a.name("a column")
	case a.acceptAny("INDEX", "KEY") != "":
		act.Kind = ast.RenameIndex
		act.IfExists, act.Name = a.ifExists(), a.name("an index")
		a.want("TO")
		act.NewName = a.name("an index")
	default:
		act.Kind = ast.RenameTable
		a.acceptAny("TO", "AS", "=")
		to := a.object("a table")
		act.NewSchema, act.NewName = to.Schema, to.Name
	}
}

// convertTo reads CONVERT.
func (a *alteration) convertTo(act *ast.Action) {
	a.want("CONVERT")
	switch {
	case a.accept("PARTITION"):
		act.Kind, act.Name = ast.OtherAction, "convert partition"
		a.name("a partition")
		a.want("TO", "TABLE")
		a.object("a table")
		a.validation()
		return
	case a.accept("TABLE"):
		act.Kind, act.Name = ast.OtherAction, "convert table"
		a.object("a table")
		a.want("TO")
		a.partition()
		a.validation()
		return
	}
	a.want("TO")
	if !a.acceptCharset() {
		a.wrong("CHARACTER SET")
	}
	a.accept("=")
	act.Kind = ast.ConvertCharset
	act.Options = []ast.Option{{Name: "charset", Value: a.charsetName()}}
	if a.accept("COLLATE") {
		a.accept("=")
		act.Options = append(act.Options, ast.Option{Name: "collate", Value: strings.ToLower(a.collation())})
	}
}

func (a *alteration) validation() {
	if a.isAny("WITH", "WITHOUT") && a.ahead(1).key == "VALIDATION" {
		a.next()
		a.next()
	}
}
