package sqlparse

import (
	"strings"

	"towpath/internal/ast"
)

// mysqlTypes are the short words for types; those that are their own are not listed.
var mysqlTypes = map[string]string{
	"INT": "integer", "INT1": "tinyint", "INT2": "smallint", "INT3": "mediumint", "INT4": "integer",
	"INT8": "bigint", "MIDDLEINT": "mediumint", "DEC": "decimal", "FIXED": "decimal", "NUMERIC": "decimal",
	"NUMBER": "decimal", "REAL": "double", "FLOAT4": "float", "FLOAT8": "double", "CHARACTER": "char",
	"NCHAR": "char", "NVARCHAR": "varchar", "VARCHARACTER": "varchar", "VARCHAR2": "varchar",
	"GEOMCOLLECTION": "geometrycollection", "CLOB": "longtext", "RAW": "varbinary",
	"SQL_TSI_YEAR": "year",
}

// ownTypes are types whose short word is their own.
var ownTypes = map[string]bool{
	"BIT": true, "TINYINT": true, "SMALLINT": true, "MEDIUMINT": true, "INTEGER": true, "BIGINT": true,
	"DECIMAL": true, "FLOAT": true, "DOUBLE": true, "DATE": true, "TIME": true, "DATETIME": true,
	"TIMESTAMP": true, "YEAR": true, "CHAR": true, "VARCHAR": true, "BINARY": true, "VARBINARY": true,
	"TINYBLOB": true, "BLOB": true, "MEDIUMBLOB": true, "LONGBLOB": true, "TINYTEXT": true, "TEXT": true,
	"MEDIUMTEXT": true, "LONGTEXT": true, "ENUM": true, "SET": true, "JSON": true, "GEOMETRY": true,
	"POINT": true, "LINESTRING": true, "POLYGON": true, "MULTIPOINT": true, "MULTILINESTRING": true,
	"MULTIPOLYGON": true, "GEOMETRYCOLLECTION": true, "UUID": true, "INET4": true, "INET6": true,
	"VECTOR": true, "XMLTYPE": true,
}

// mysqlType reads a type with its length, without its attributes.
func (c *cursor) mysqlType() ast.Type {
	key := c.peek().key
	switch key {
	case "BOOL", "BOOLEAN":
		c.next()
		return ast.Type{Name: "tinyint", Args: []string{"1"}}
	case "SERIAL":
		c.next()
		return ast.Type{Name: "bigint", Unsigned: true}
	case "NATIONAL":
		c.next()
		if !c.isAny("CHAR", "CHARACTER", "VARCHAR", "VARCHARACTER") {
			c.wrong("CHAR or VARCHAR")
		}
		key = c.peek().key
	case "LONG":
		return c.long()
	}
	name, known := mysqlTypes[key]
	if !known && !ownTypes[key] {
		c.unread("a type")
		return ast.Type{}
	}
	if !known {
		name = strings.ToLower(key)
	}
	c.next()
	switch {
	case key == "DOUBLE":
		c.accept("PRECISION")
	case name == "char" && c.accept("VARYING"):
		name = "varchar"
	case key == "NCHAR" && c.acceptAny("VARCHAR", "VARCHARACTER") != "":
		name = "varchar"
	}
	t := ast.Type{Name: name}
	switch {
	case key == "ENUM" || key == "SET":
		c.parenthesized(func() { t.Values = append(t.Values, c.enumValue()) })
	case c.is("(") || name == "varchar" || name == "varbinary": // they have no length of their own
		c.parenthesized(func() { t.Args = append(t.Args, c.typeArgument()) })
	}
	return t
}

func (c *cursor) typeArgument() string {
	if c.accept("MAX") { // of MariaDB's Oracle mode
		return "max"
	}
	return c.number()
}

// enumValue reads a value of ENUM or SET, which may be written as a hexadecimal string.
func (c *cursor) enumValue() string {
	if l := c.peek(); l.kind == lexWord && c.ahead(1).kind == lexText && c.introduces(l.key) {
		c.next()
		if l.key == "X" || l.key == "B" {
			return c.textOf(l) + c.textOf(c.next())
		}
	}
	if c.peek().kind == lexNumber { // 0x61
		return c.number()
	}
	return c.string("a string")
}

// long reads LONG, LONG VARCHAR and LONG VARBINARY.
func (c *cursor) long() ast.Type {
	c.want("LONG")
	switch {
	case c.accept("VARBINARY"):
		return ast.Type{Name: "mediumblob"}
	case c.accept("CHAR", "VARYING"), c.accept("CHARACTER", "VARYING"):
	default:
		c.acceptAny("VARCHAR", "VARCHARACTER")
	}
	return ast.Type{Name: "mediumtext"}
}

// mysqlColumn reads a column's name and definition.
func (c *cursor) mysqlColumn() *ast.Column {
	col := &ast.Column{Pos: c.pos(), Name: c.name("a column")}
	c.mysqlDefinition(col)
	return col
}

// mysqlDefinition reads what follows a column's name.
func (c *cursor) mysqlDefinition(col *ast.Column) {
	serial := c.is("SERIAL")
	col.Type = c.mysqlType()
	if serial {
		col.NotNull, col.AutoIncrement = true, true
		col.Constraints = append(col.Constraints, ast.Constraint{Pos: col.Pos, Kind: ast.Unique})
	}
	for c.typeAttribute(col) || c.columnAttribute(col) || c.generation(col) || c.columnConstraint(col) ||
		c.columnOption(col) {
		continue
	}
}

// typeAttribute reads an attribute that belongs to a type.
func (c *cursor) typeAttribute(col *ast.Column) bool {
	switch {
	case c.accept("UNSIGNED"):
		col.Type.Unsigned = true
	case c.accept("ZEROFILL"):
		col.Type.Unsigned, col.Type.Zerofill = true, true
	case c.accept("SIGNED"):
	case c.acceptCharset():
		col.Charset = c.charsetName()
	case c.accept("ASCII"):
		col.Charset = "latin1"
	case c.accept("UNICODE"):
		col.Charset = "ucs2"
	case c.accept("BINARY"): // the binary collation of the character set
	case c.accept("BYTE"):
		col.Charset = "binary"
	case c.accept("COLLATE"):
		col.Collation = strings.ToLower(c.collation())
	default:
		return false
	}
	return true
}

// columnAttribute reads what every column may have.
func (c *cursor) columnAttribute(col *ast.Column) bool {
	switch {
	case c.accept("NOT", "NULL"):
		col.NotNull = true
	case c.accept("NULL"):
		col.Null = true
	case c.accept("DEFAULT"):
		col.Default = c.exprAt(precedenceUnary)
	case c.accept("ON", "UPDATE"):
		col.OnUpdate = c.exprAt(precedenceUnary)
	case c.accept("AUTO_INCREMENT"):
		col.AutoIncrement = true
	case c.accept("SERIAL", "DEFAULT", "VALUE"):
		col.AutoIncrement, col.NotNull = true, true
		col.Constraints = append(col.Constraints, ast.Constraint{Pos: col.Pos, Kind: ast.Unique})
	case c.accept("COMMENT"):
		c.accept("=")
		col.Comment = c.string("a comment")
	case c.accept("INVISIBLE"):
		col.Invisible = true
	case c.accept("VISIBLE"):
	default:
		return false
	}
	return true
}

// generation reads how a column's value is made.
func (c *cursor) generation(col *ast.Column) bool {
	if c.accept("GENERATED", "ALWAYS") {
		if !c.is("AS") {
			c.wrong("AS")
		}
	}
	if !c.accept("AS") {
		return false
	}
	if c.accept("ROW") { // a bound of MariaDB's system time
		if c.acceptAny("START", "END") == "" {
			c.wrong("START or END")
		}
		col.Generated = ast.Stored
		return true
	}
	c.want("(")
	col.Generation = c.expr()
	c.want(")")
	col.Generated = ast.Virtual
	if c.acceptAny("STORED", "PERSISTENT") != "" {
		col.Generated = ast.Stored
	} else {
		c.accept("VIRTUAL")
	}
	return true
}

// columnConstraint reads a constraint that is written at a column.
func (c *cursor) columnConstraint(col *ast.Column) bool {
	made := ast.Constraint{Pos: c.pos()}
	if c.accept("CONSTRAINT") {
		if !c.is("CHECK") {
			made.Name = c.name("a name")
		}
		if !c.is("CHECK") {
			c.unread("CHECK")
			return false
		}
	}
	switch {
	case c.accept("PRIMARY", "KEY"), c.accept("PRIMARY"), c.accept("KEY"):
		made.Kind = ast.PrimaryKey
	case c.accept("UNIQUE"):
		c.accept("KEY")
		made.Kind = ast.Unique
	case c.accept("CHECK"):
		c.checkOf(&made)
	case c.is("REFERENCES"):
		made.Kind, made.References = ast.ForeignKey, c.references()
	default:
		return false
	}
	col.Constraints = append(col.Constraints, made)
	return true
}

// columnOption reads what no rule looks into.
func (c *cursor) columnOption(col *ast.Column) bool {
	switch {
	case c.accept("COLUMN_FORMAT"):
		if c.acceptAny("FIXED", "DYNAMIC", "DEFAULT") == "" {
			c.wrong("FIXED, DYNAMIC or DEFAULT")
		}
	case c.accept("STORAGE"):
		if c.acceptAny("DISK", "MEMORY", "DEFAULT") == "" {
			c.wrong("DISK, MEMORY or DEFAULT")
		}
	case c.accept("COMPRESSED"):
		if c.accept("=") {
			c.next()
		}
	case c.accept("WITH", "SYSTEM", "VERSIONING"), c.accept("WITHOUT", "SYSTEM", "VERSIONING"):
	case c.accept("SRID"):
		c.number()
	case c.accept("NOT", "SECONDARY"):
	case c.accept("REF_SYSTEM_ID"):
		c.want("=")
		c.number()
	case c.isAny("ENGINE_ATTRIBUTE", "SECONDARY_ENGINE_ATTRIBUTE"):
		c.next()
		c.accept("=")
		c.string("a string")
	case (c.peek().kind == lexWord || c.peek().kind == lexName) && c.ahead(1).key == "=": // of an engine
		c.next()
		c.next()
		c.optionValue()
	default:
		return false
	}
	return true
}
