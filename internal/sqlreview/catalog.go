package sqlreview

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

// Catalog is what a database holds at one point of a change. It begins with the real one and
// follows each statement.
type Catalog struct {
	// Complete says that what the catalog lacks is missing. Without it, a name that it does not know
	// may be there.
	Complete bool

	dialect Dialect
	tables  map[string]*Table
	objects map[string]Object // what is no table, by kind and name
	schemas map[string]bool
	indexes map[string]string // index name → table key
	dropped []DroppedIndex    // by the file that is followed

	expressions map[string]*regexp.Regexp // that rules have compiled
}

// Table is a table of the catalog, with what a review knows beside.
type Table struct {
	schema.Table
	Name    ast.Name
	Made    *File // the file of the change that made it; nil when it was there before
	Unknown bool  // the catalog does not know it: its columns and indexes are not known
}

// Object is something of the catalog that is no table.
type Object struct {
	Kind   string // view, materialized view, sequence, type, domain, function, procedure, trigger, event
	Name   ast.Name
	Values []string // of an enum
	Made   *File
}

// NewCatalog begins with what a database holds.
func NewCatalog(d Dialect, from schema.Catalog) *Catalog {
	c := &Catalog{
		Complete: from.Complete, dialect: d,
		tables: map[string]*Table{}, objects: map[string]Object{},
		schemas: map[string]bool{}, indexes: map[string]string{}, expressions: map[string]*regexp.Regexp{},
	}
	for _, name := range from.Schemas {
		c.schemas[c.fold(name)] = true
	}
	for _, t := range from.Tables {
		c.addTable(&Table{Table: t, Name: ast.Name{Schema: t.Schema, Name: t.Name}})
	}
	for _, o := range slices.Concat(from.Views, from.Others) {
		c.addObject(Object{Kind: o.Kind, Name: nameOf(o.Name)})
	}
	for _, t := range from.Types {
		c.addObject(Object{Kind: "type", Name: nameOf(t.Name), Values: t.Values})
	}
	return c
}

func nameOf(name string) ast.Name {
	parts := schema.Parts(name)
	n := ast.Name{Name: parts[len(parts)-1]}
	if len(parts) > 1 {
		n.Schema = parts[len(parts)-2]
	}
	return n
}

// fold is a name as the server compares it: SQLite takes no notice of case.
func (c *Catalog) fold(name string) string {
	if c.dialect == SQLite {
		return strings.ToLower(name)
	}
	return name
}

// same compares names of columns and indexes as the server does.
func (c *Catalog) same(a, b string) bool {
	if c.dialect == PostgreSQL {
		return a == b
	}
	return strings.EqualFold(a, b)
}

// key is a table's place in the map: the schema that is taken when none is written is left out.
func (c *Catalog) key(n ast.Name) string {
	name, in := c.fold(n.Name), c.fold(n.Schema)
	if in == "" || (c.dialect == PostgreSQL && in == "public") || (c.dialect == SQLite && in == "main") {
		return name
	}
	return in + "\x00" + name
}

func (c *Catalog) addTable(t *Table) {
	key := c.key(t.Name)
	c.tables[key] = t
	for _, i := range t.Indexes {
		c.indexes[c.indexKey(t.Name, i.Name)] = key
	}
}

func (c *Catalog) indexKey(table ast.Name, index string) string {
	if c.dialect == MySQL { // an index's name is its table's alone
		return c.key(table) + "\x00" + strings.ToLower(index)
	}
	return c.key(ast.Name{Schema: table.Schema, Name: index})
}

func (c *Catalog) addObject(o Object) { c.objects[o.Kind+"\x00"+c.key(o.Name)] = o }

// Table returns a table; nil when the catalog does not know it.
func (c *Catalog) Table(name ast.Name) *Table { return c.tables[c.key(name)] }

// Tables yields the tables in the order of their names.
func (c *Catalog) Tables() []*Table {
	tables := make([]*Table, 0, len(c.tables))
	for _, key := range slices.Sorted(maps.Keys(c.tables)) {
		tables = append(tables, c.tables[key])
	}
	return tables
}

// Object returns what has a name and is no table.
func (c *Catalog) Object(kind string, name ast.Name) (Object, bool) {
	o, ok := c.objects[kind+"\x00"+c.key(name)]
	return o, ok
}

// IndexTable returns the table of an index; nil when the catalog does not know the index. In MySQL
// an index has a name within its table only, so table must be given there.
func (c *Catalog) IndexTable(index ast.Name, table *ast.Name) *Table {
	in := ast.Name{Schema: index.Schema}
	if c.dialect == MySQL && table != nil {
		in = *table
	}
	return c.tables[c.indexes[c.indexKey(in, index.Name)]]
}

// Column returns a column; nil when the table has none of the name, or its columns are not known.
func (t *Table) Column(c *Catalog, name string) *schema.TableColumn {
	for i := range t.Columns {
		if c.same(t.Columns[i].Name, name) {
			return &t.Columns[i]
		}
	}
	return nil
}

// Index returns an index; nil when there is none of the name.
func (t *Table) Index(c *Catalog, name string) *schema.Index {
	for i := range t.Indexes {
		if c.same(t.Indexes[i].Name, name) {
			return &t.Indexes[i]
		}
	}
	return nil
}

// Constraint returns a constraint; nil when there is none of the name.
func (t *Table) Constraint(c *Catalog, name string) *schema.Constraint {
	for i := range t.Constraints {
		if c.same(t.Constraints[i].Name, name) {
			return &t.Constraints[i]
		}
	}
	return nil
}

// PrimaryKey returns the primary key; nil when there is none.
func (t *Table) PrimaryKey() *schema.Constraint {
	for i := range t.Constraints {
		if t.Constraints[i].Kind == string(ast.PrimaryKey) {
			return &t.Constraints[i]
		}
	}
	return nil
}

// CatalogOf is what files leave in an empty database.
func CatalogOf(server Server, files []*File) schema.Catalog {
	c := NewCatalog(server.Dialect, schema.Catalog{})
	for _, file := range files {
		for _, s := range file.Statements {
			c.Follow(s.Statement, file)
		}
	}
	c.Complete = true
	return c.Schema()
}

// Schema is the catalog as plain data.
func (c *Catalog) Schema() schema.Catalog {
	made := schema.Catalog{Complete: c.Complete, Schemas: slices.Sorted(maps.Keys(c.schemas))}
	for _, t := range c.Tables() {
		made.Tables = append(made.Tables, t.Table)
	}
	for _, key := range slices.Sorted(maps.Keys(c.objects)) {
		o := c.objects[key]
		parts := []string{o.Name.Name}
		if o.Name.Schema != "" {
			parts = []string{o.Name.Schema, o.Name.Name}
		}
		switch name := schema.Join(parts); o.Kind {
		case "type":
			made.Types = append(made.Types, schema.Type{Name: name, Values: o.Values})
		case "view", "materialized view":
			made.Views = append(made.Views, schema.Object{Kind: o.Kind, Name: name})
		default:
			made.Others = append(made.Others, schema.Object{Kind: o.Kind, Name: name})
		}
	}
	return made
}
