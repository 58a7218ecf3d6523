package sqlreview

import (
	"fmt"
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

// column is what the catalog keeps of a column's definition, with what the server makes of it.
func (c *Catalog) column(from ast.Column) schema.TableColumn {
	made := schema.TableColumn{
		Name: from.Name, NotNull: from.NotNull || from.Identity != "" || from.Type.Serial,
		Generated: string(from.Generated), Identity: from.Identity != "", AutoIncrement: from.AutoIncrement,
		Charset: from.Charset, Collation: from.Collation, Comment: from.Comment,
		Invisible: from.Invisible,
	}
	c.setType(&made, from.Type)
	if from.Default != nil && !from.Default.Null {
		made.Default = from.Default.Text
	}
	if from.Type.Serial {
		made.Default = "nextval"
	}
	if c.dialect == MySQL {
		made.NotNull = made.NotNull || from.AutoIncrement
		if from.Generated != "" && from.Generation == nil { // a bound of the system time
			made.NotNull = true
		}
		if c.server.MariaDB && made.Type == "json" && slices.ContainsFunc(from.Constraints, isCheck) {
			made.Type = "longtext" // the check of its own takes the place of JSON's
		}
	}
	return made
}

func isCheck(k ast.Constraint) bool { return k.Kind == ast.Check }

// setType gives a column a type, as the server lists it.
func (c *Catalog) setType(col *schema.TableColumn, t ast.Type) {
	col.Type, col.Args, col.Values, col.Array, col.Unsigned = t.Name, t.Args, t.Values, t.Array, t.Unsigned
	switch {
	case c.dialect == PostgreSQL && t.Name == "numeric" && len(t.Args) == 1:
		col.Args = []string{t.Args[0], "0"}
	case c.dialect != MySQL:
	case strings.HasSuffix(t.Name, "int") || t.Name == "integer" || t.Name == "year":
		if t.Name != "tinyint" || !slices.Equal(t.Args, []string{"1"}) {
			col.Args = nil // a width, which has no meaning
		}
	case t.Name == "decimal" && len(t.Args) == 0:
		col.Args = []string{"10", "0"}
	case t.Name == "decimal" && len(t.Args) == 1:
		col.Args = []string{t.Args[0], "0"}
	case len(t.Args) == 0 && slices.Contains([]string{"char", "binary", "bit"}, t.Name):
		col.Args = []string{"1"}
	case t.Name == "enum" || t.Name == "set":
		col.Values = slices.Clone(t.Values)
		for i := range col.Values {
			col.Values[i] = strings.TrimRight(col.Values[i], " ")
		}
	}
	if binary, ok := binaryTypes[col.Type]; ok && c.dialect == MySQL && col.Charset == "binary" {
		col.Type, col.Charset = binary, ""
	}
}

// binaryTypes are what MySQL makes of types of text in the character set "binary".
var binaryTypes = map[string]string{
	"char": "binary", "varchar": "varbinary", "tinytext": "tinyblob", "text": "blob", "mediumtext": "mediumblob",
	"longtext": "longblob",
}

// constraint is what the catalog keeps of a constraint's definition, with the name that the server
// gives it. at is the column that it is written at; "" when it is the table's.
func (c *Catalog) constraint(t *Table, from ast.Constraint, at string) schema.Constraint {
	made := schema.Constraint{Kind: string(from.Kind), Name: from.Name, NotValid: from.NotValid}
	for _, key := range from.Columns {
		made.Columns = append(made.Columns, key.Column)
	}
	if len(made.Columns) == 0 && at != "" {
		made.Columns = []string{at}
	}
	if r := from.References; r != nil {
		made.Table, made.Refers, made.Cascades = c.home(r.Table).String(), r.Columns, r.OnDelete == "cascade"
		to := c.Table(r.Table)
		if c.key(r.Table) == c.key(t.Name) {
			to = t
		}
		if to != nil && len(made.Refers) == 0 && to.PrimaryKey() != nil && c.dialect == PostgreSQL {
			made.Refers = to.PrimaryKey().Columns
		}
	}
	if from.Check != nil {
		made.Check, made.Columns = from.Check.Text, nil
		if c.dialect == PostgreSQL {
			made.Columns = from.Check.Columns
		}
	}
	if made.Name == "" {
		named := made
		if c.dialect == PostgreSQL {
			named.Columns = slices.Concat(made.Columns, from.Include)
		}
		made.Name = c.constraintName(t, named, at)
	}
	return made
}

// index is what the catalog keeps of an index's definition.
func (c *Catalog) index(i ast.Index) schema.Index {
	made := schema.Index{Name: i.Name, Unique: i.Unique, Method: i.Method, Invisible: i.Invisible}
	if c.dialect == MySQL && (made.Method == "btree" || made.Method == "hash") {
		made.Method = "" // the storage engine's own choice
	}
	for _, key := range i.Keys {
		made.Columns = append(made.Columns, key.Column)
		made.Lengths = append(made.Lengths, key.Length)
	}
	if i.Where != nil {
		made.Where = i.Where.Text
	}
	return made
}

// define makes the table of a CREATE TABLE.
func (c *Catalog) define(s *ast.CreateTable, file *File) *Table {
	t := &Table{Name: c.home(s.Name), Made: file}
	t.Table = schema.Table{
		Schema: t.Name.Schema, Name: s.Name.Name, Temporary: s.Temporary, Options: map[string]string{},
		Partitioned: s.PartitionBy != "", Versioned: s.Versioned,
		// the columns of a query, a module or a type are not known
		Unknown: s.As != nil || s.Virtual != "" || s.Typed,
	}
	t.withoutRowid = s.WithoutRowid
	for _, o := range s.Options {
		t.Options[o.Name] = o.Value
	}
	c.inheritAll(t, s)
	for _, col := range s.Columns {
		c.addOwn(t, col)
		for _, k := range col.Constraints {
			if k.Kind == ast.PrimaryKey && len(k.Columns) == 1 && k.Columns[0].Desc {
				t.descending = true
			}
			c.putConstraint(t, c.constraint(t, k, col.Name), k)
		}
	}
	for _, k := range s.Constraints {
		k.NotValid = false // there are no rows that may not fit
		c.putConstraint(t, c.constraint(t, k, ""), k)
	}
	c.between(t, s.Periods)
	for _, i := range s.Indexes {
		c.addIndexTo(t, i)
	}
	for _, k := range t.Constraints {
		c.supportForeignKey(t, k)
	}
	return t
}

// addOwn adds a column, or puts what it says into the one that the table has inherited.
func (c *Catalog) addOwn(t *Table, from ast.Column) {
	if from.Charset == "" && t.Options["charset"] == "binary" {
		from.Charset = "binary"
	}
	made := c.column(from)
	inherited := t.Column(c, from.Name)
	if inherited == nil {
		t.Columns = append(t.Columns, made)
		inherited = &t.Columns[len(t.Columns)-1]
	} else {
		inherited.NotNull = inherited.NotNull || made.NotNull
		if made.Default != "" {
			inherited.Default = made.Default
		}
	}
	c.ownSequence(t, *inherited, from.Type.Serial)
}

// ownSequence adds the sequence behind a column that counts.
func (c *Catalog) ownSequence(t *Table, col schema.TableColumn, serial bool) {
	if c.dialect != PostgreSQL || !(serial || col.Identity) {
		return
	}
	c.addObject(Object{
		Kind: "sequence", Name: ast.Name{Schema: t.Name.Schema, Name: c.free(t, []string{col.Name}, "seq")},
		On: c.key(t.Name), column: col.Name, Made: t.Made, Temporary: t.Temporary,
	})
}

// addIndexTo adds an index under its name or the one that the server gives it. In MySQL a unique
// index is a constraint as well.
func (c *Catalog) addIndexTo(t *Table, from ast.Index) {
	made := c.index(from)
	if made.Name == "" {
		columns := made.Columns
		if c.dialect == PostgreSQL {
			columns = keyNames(from)
		}
		made.Name = c.indexName(t, columns)
	}
	c.putIndex(t, made)
}

func (c *Catalog) putIndex(t *Table, made schema.Index) {
	made.Columns = c.spelled(t, made.Columns)
	t.Indexes = append(t.Indexes, made)
	c.indexes[c.indexKey(t.Name, made.Name)] = c.key(t.Name)
	if c.dialect != MySQL {
		return
	}
	if made.Unique {
		t.Constraints = append(t.Constraints,
			schema.Constraint{Kind: string(ast.Unique), Name: made.Name, Columns: made.Columns})
	}
	// One that a foreign key has made gives way.
	t.Indexes = slices.DeleteFunc(t.Indexes, func(i schema.Index) bool {
		return i.Name != made.Name && t.supports[i.Name] && c.begins(made, i.Columns)
	})
}

// begins reports whether the columns of an index begin with those.
func (c *Catalog) begins(i schema.Index, columns []string) bool {
	return i.Method == "" && len(columns) <= len(i.Columns) &&
		slices.EqualFunc(i.Columns[:len(columns)], columns, c.same)
}

// supportForeignKey adds the index that MySQL makes for a foreign key without one.
func (c *Catalog) supportForeignKey(t *Table, k schema.Constraint) {
	if c.dialect != MySQL || k.Kind != string(ast.ForeignKey) ||
		slices.ContainsFunc(t.Indexes, func(i schema.Index) bool { return c.begins(i, k.Columns) }) {
		return
	}
	name := k.Name
	if strings.HasPrefix(name, t.Name.Name+"_ibfk_") {
		name = c.indexName(t, k.Columns)
	}
	c.putIndex(t, schema.Index{Name: name, Columns: k.Columns})
	if t.supports == nil {
		t.supports = map[string]bool{}
	}
	t.supports[name] = true
}

// between follows MariaDB's periods: of each the columns are NOT NULL and in order, and a key with the
// period has them in its place.
func (c *Catalog) between(t *Table, periods []ast.Period) {
	for _, p := range periods {
		for _, name := range []string{p.From, p.To} {
			if col := t.Column(c, name); col != nil {
				col.NotNull = true
			}
		}
		if strings.EqualFold(p.Name, "system_time") {
			continue
		}
		both := func(names []string) []string {
			at := slices.Index(names, p.Name)
			if at < 0 {
				return names
			}
			return slices.Replace(slices.Clone(names), at, at+1, p.To, p.From)
		}
		for i := range t.Indexes {
			t.Indexes[i].Columns = both(t.Indexes[i].Columns)
		}
		for i := range t.Constraints {
			t.Constraints[i].Columns = both(t.Constraints[i].Columns)
		}
		t.Constraints = append(t.Constraints,
			schema.Constraint{Kind: string(ast.Check), Name: p.Name, Check: p.From + " < " + p.To})
	}
}

// spelled are names of columns in the case in which the table has them.
func (c *Catalog) spelled(t *Table, names []string) []string {
	names = slices.Clone(names)
	for i, name := range names {
		if col := t.Column(c, name); col != nil {
			names[i] = col.Name
		}
	}
	return names
}

// putConstraint adds a constraint with what only its definition says.
func (c *Catalog) putConstraint(t *Table, k schema.Constraint, from ast.Constraint) {
	c.constrain(t, k)
	if i := t.Index(c, k.Name); i != nil && from.Kind == ast.Exclude {
		if i.Method = from.Method; from.Where != nil {
			i.Where = from.Where.Text
		}
	}
}

// constrain adds a constraint with what comes of it: the index of a key, and NOT NULL of a primary
// key's columns.
func (c *Catalog) constrain(t *Table, k schema.Constraint) {
	k.Columns = c.spelled(t, k.Columns)
	t.Constraints = append(t.Constraints, k)
	kind := ast.ConstraintKind(k.Kind)
	if kind == ast.PrimaryKey && (c.dialect != SQLite || t.withoutRowid) {
		for _, name := range k.Columns {
			if col := t.Column(c, name); col != nil {
				col.NotNull = true
			}
		}
	}
	made := schema.Index{Name: k.Name, Columns: k.Columns, Unique: kind != ast.Exclude}
	switch {
	case kind != ast.PrimaryKey && kind != ast.Unique && kind != ast.Exclude:
		return
	case c.dialect == SQLite:
		if made.Name = c.keyIndex(t, k); made.Name == "-" {
			return
		}
	}
	t.Indexes = append(t.Indexes, made)
}

// keyIndex is the name of the index of a key in SQLite: "" for the table itself, which is in the
// order of a key that is another word for the rowid, and "-" for a key that has an index already.
func (c *Catalog) keyIndex(t *Table, k schema.Constraint) string {
	if k.Kind == string(ast.PrimaryKey) && len(k.Columns) == 1 && !t.withoutRowid && !t.descending {
		if col := t.Column(c, k.Columns[0]); col != nil && col.Type == "integer" {
			return ""
		}
	}
	n := 1
	for _, i := range t.Indexes {
		switch {
		case slices.EqualFunc(i.Columns, k.Columns, c.same) && i.Name != "":
			return "-"
		case strings.HasPrefix(i.Name, autoIndex):
			n++
		}
	}
	return fmt.Sprint(autoIndex, t.Name.Name, "_", n)
}

const autoIndex = "sqlite_autoindex_"
