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

	server  Server
	dialect Dialect // of server
	path    []string
	folds   bool // names of tables are compared without case

	temporary bool // something is there for one session only
	tables    map[string]*Table
	objects   map[string]Object // what is no table, by kind and name
	schemas   map[string]bool
	indexes   map[string]string // index name → table key
	dropped   []DroppedIndex    // by the file that is followed

	expressions map[string]*regexp.Regexp // that rules have compiled
	lists       map[string][]string       // settings that rules have read as lists
}

// Table is a table of the catalog, with what a review knows beside.
type Table struct {
	schema.Table
	Name ast.Name
	Made *File // the file of the change that made it; nil when it was there before

	withoutRowid bool
	descending   bool            // by a key that SQLite does not take for the rowid
	supports     map[string]bool // indexes that MySQL has made for foreign keys
}

// Object is something of the catalog that is no table.
type Object struct {
	Kind   string // view, materialized view, sequence, type, domain, function, procedure, trigger, event
	Name   ast.Name
	Values []string // of an enum
	Made   *File

	On        string // the key of the table of a trigger, or that a sequence counts for
	Temporary bool
	column    string // that a sequence counts for
}

// NewCatalog begins with what a database holds.
func NewCatalog(server Server, from schema.Catalog) *Catalog {
	c := &Catalog{
		Complete: from.Complete, server: server, dialect: server.Dialect, path: from.Path,
		folds:  from.FoldCase || server.Dialect == SQLite,
		tables: map[string]*Table{}, objects: map[string]Object{},
		schemas: map[string]bool{}, indexes: map[string]string{}, expressions: map[string]*regexp.Regexp{},
		lists: map[string][]string{},
	}
	if len(c.path) == 0 {
		c.path = []string{map[Dialect]string{PostgreSQL: "public", SQLite: "main"}[server.Dialect]}
	}
	for _, name := range from.Schemas {
		c.schemas[c.fold(name)] = true
	}
	for _, t := range from.Tables {
		t.Columns, t.Indexes = slices.Clone(t.Columns), slices.Clone(t.Indexes)
		t.Constraints, t.Options = slices.Clone(t.Constraints), maps.Clone(t.Options)
		c.addTable(&Table{Table: t, Name: ast.Name{Schema: t.Schema, Name: t.Name}})
	}
	for _, o := range slices.Concat(from.Views, from.Others) {
		made := Object{Kind: o.Kind, Name: nameOf(o.Name)}
		if o.On != "" {
			made.On = c.key(nameOf(o.On))
		}
		c.addObject(made)
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

// fold is a name as the server compares it.
func (c *Catalog) fold(name string) string {
	if c.folds {
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

// home is a name without the schema that is taken when none is written.
func (c *Catalog) home(n ast.Name) ast.Name {
	if c.fold(n.Schema) == c.fold(c.path[0]) {
		n.Schema = ""
	}
	return n
}

// key is a table's place in the map.
func (c *Catalog) key(n ast.Name) string {
	n = c.home(n)
	if n.Schema == "" {
		return c.fold(n.Name)
	}
	return c.fold(n.Schema) + "\x00" + c.fold(n.Name)
}

// find is the key of a name. One without a schema is looked up along the path.
func (c *Catalog) find(n ast.Name, has func(key string) bool) string {
	key := c.key(n)
	if n.Schema != "" || has(key) {
		return key
	}
	for _, in := range c.path[1:] {
		if other := c.key(ast.Name{Schema: in, Name: n.Name}); has(other) {
			return other
		}
	}
	return key
}

func (c *Catalog) addTable(t *Table) {
	t.Name = c.home(t.Name)
	t.Schema = t.Name.Schema
	c.temporary = c.temporary || t.Temporary
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

// objectKey is an object's place in the map. A trigger of PostgreSQL has a name for its table.
func (c *Catalog) objectKey(o Object) string {
	key := o.Kind + "\x00" + c.key(o.Name)
	if o.Kind == "trigger" && c.dialect == PostgreSQL {
		key += "\x00" + o.On
	}
	return key
}

func (c *Catalog) addObject(o Object) {
	o.Name = c.home(o.Name)
	c.temporary = c.temporary || o.Temporary
	c.objects[c.objectKey(o)] = o
}

// Table returns a table; nil when the catalog does not know it.
func (c *Catalog) Table(name ast.Name) *Table {
	return c.tables[c.find(name, func(key string) bool { return c.tables[key] != nil })]
}

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
	prefix := kind + "\x00"
	key := c.find(name, func(key string) bool { return c.objects[prefix+key].Kind != "" })
	o, ok := c.objects[prefix+key]
	return o, ok
}

// IndexTable returns the table of an index; nil when the catalog does not know the index. In MySQL
// an index has a name within its table only, so table must be given there.
func (c *Catalog) IndexTable(index ast.Name, table *ast.Name) *Table {
	if c.dialect == MySQL && table != nil {
		return c.tables[c.indexes[c.indexKey(*table, index.Name)]]
	}
	key := c.find(index, func(key string) bool { return c.indexes[key] != "" })
	return c.tables[c.indexes[key]]
}

// there reports whether a statement makes, IF NOT EXISTS, what is there already, and so does nothing. An
// index that is built beside writers is left out, since where it may stand is judged all the same.
func (c *Catalog) there(s ast.Statement) bool {
	switch {
	case s.CreateTable != nil:
		return s.CreateTable.IfNotExists && c.Table(s.CreateTable.Name) != nil
	case s.CreateIndex != nil:
		i := s.CreateIndex
		name := ast.Name{Schema: i.Table.Schema, Name: i.Name}
		return i.IfNotExists && !i.Concurrently && i.Name != "" && c.IndexTable(name, &i.Table) != nil
	}
	return false
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
	c := NewCatalog(server, schema.Catalog{})
	for _, file := range files {
		for _, s := range file.Statements {
			c.Follow(s.Statement, file)
		}
		c.endSession()
	}
	c.Complete = true
	return c.Schema()
}

// endSession forgets what is there for one session only. Each file has one of its own.
func (c *Catalog) endSession() {
	if !c.temporary {
		return
	}
	c.temporary = false
	for _, t := range c.Tables() {
		if t.Temporary {
			c.forget(t)
		}
	}
	maps.DeleteFunc(c.objects, func(_ string, o Object) bool { return o.Temporary })
}

// forget takes a table out of the catalog, with what belongs to it.
func (c *Catalog) forget(t *Table) {
	key := c.key(t.Name)
	for _, i := range t.Indexes {
		delete(c.indexes, c.indexKey(t.Name, i.Name))
	}
	delete(c.tables, key)
	maps.DeleteFunc(c.objects, func(_ string, o Object) bool { return o.On == key })
}

// Schema is the catalog as plain data.
func (c *Catalog) Schema() schema.Catalog {
	made := schema.Catalog{Complete: c.Complete, FoldCase: c.folds && c.dialect != SQLite}
	made.Schemas = slices.Sorted(maps.Keys(c.schemas))
	if c.path[0] != "public" && c.path[0] != "main" && c.path[0] != "" {
		made.Path = c.path
	}
	for _, t := range c.Tables() {
		made.Tables = append(made.Tables, t.Table)
	}
	for _, key := range slices.Sorted(maps.Keys(c.objects)) {
		o := c.objects[key]
		name := objectText(o.Name)
		switch o.Kind {
		case "type":
			made.Types = append(made.Types, schema.Type{Name: name, Values: o.Values})
		case "view", "materialized view":
			made.Views = append(made.Views, schema.Object{Kind: o.Kind, Name: name})
		default:
			in, on, ok := strings.Cut(o.On, "\x00")
			if !ok {
				in, on = "", in
			}
			one := schema.Object{Kind: o.Kind, Name: name}
			if on != "" {
				one.On = objectText(ast.Name{Schema: in, Name: on})
			}
			made.Others = append(made.Others, one)
		}
	}
	return made
}

// objectText is a name as schema.Object has it.
func objectText(n ast.Name) string {
	if n.Schema == "" {
		return schema.Join([]string{n.Name})
	}
	return schema.Qualify(n.Schema, n.Name)
}
