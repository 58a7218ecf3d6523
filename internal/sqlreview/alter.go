package sqlreview

import (
	"maps"
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

// alterTable follows the actions of an ALTER TABLE in their order.
func (f *follower) alterTable(s *ast.AlterTable) {
	if s.Kind != "" && s.Kind != "table" && s.Kind != "foreign table" {
		return
	}
	t := f.Table(s.Table)
	if t == nil {
		if !s.IfExists {
			f.wants(s.Table)
		}
		return
	}
	for _, a := range s.Actions {
		f.action(t, a)
		if !s.Only {
			f.passOn(t, a)
		}
	}
}

func (f *follower) action(t *Table, a ast.Action) {
	switch a.Kind {
	case ast.AddColumn:
		f.addColumn(t, a)
	case ast.DropColumn:
		f.dropColumn(t, a)
	case ast.RenameColumn:
		f.renameColumn(t, a.Pos, a.Name, a.NewName)
	case ast.ModifyColumn:
		f.modifyColumn(t, a)
	case ast.AddConstraint:
		f.addConstraint(t, a)
	case ast.DropConstraint:
		f.dropConstraint(t, a)
	case ast.DropPrimaryKey:
		f.removeConstraints(t, func(k schema.Constraint) bool { return k.Kind == string(ast.PrimaryKey) })
	case ast.AddIndex:
		f.addIndex(t, a)
	case ast.DropIndex:
		if t.Index(f.Catalog, a.Name) == nil && f.Complete && !t.Unknown && !a.IfExists {
			f.problem(a.Pos, "The table %s has no index %s.", t.Name, a.Name)
		}
		f.dropIndex(t, a.Name)
	case ast.RenameIndex:
		f.renameIndex(t, a.Name, a.NewName)
	case ast.RenameTable, ast.SetSchema:
		to := ast.Name{Schema: t.Name.Schema, Name: t.Name.Name}
		if a.NewName != "" {
			to.Name = a.NewName
		}
		if a.NewSchema != "" {
			to.Schema = a.NewSchema
		}
		f.move(t.Name, to)
	case ast.SetOptions, ast.ConvertCharset:
		f.recode(t, a)
		for _, o := range a.Options {
			if t.Options == nil {
				t.Options = map[string]string{}
			}
			t.Options[o.Name] = o.Value
		}
	case ast.ValidateConstraint:
		if k := t.Constraint(f.Catalog, a.Name); k != nil {
			k.NotValid = false
		}
	case ast.RenameConstraint:
		if k := t.Constraint(f.Catalog, a.Name); k != nil {
			f.renameIndex(t, a.Name, a.NewName)
			k.Name = a.NewName
		}
	case ast.AttachPartition, ast.DetachPartition:
		f.attach(t, a)
	case ast.AddVersioning, ast.DropVersioning:
		t.Versioned = a.Kind == ast.AddVersioning
	case ast.PartitionBy, ast.RemovePartitioning:
		t.Partitioned = a.Kind == ast.PartitionBy
	case ast.EnableRLS, ast.DisableRLS:
		t.RowSecurity = a.Kind == ast.EnableRLS
	default:
		f.alterColumn(t, a)
	}
}

// recode follows a change of a table's character set in its columns: they keep the one that they have
// from it, or all take the new one.
func (f *follower) recode(t *Table, a ast.Action) {
	if f.dialect != MySQL || !slices.ContainsFunc(a.Options, func(o ast.Option) bool {
		return o.Name == "charset" || o.Name == "collate"
	}) {
		return
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		switch {
		case a.Kind == ast.ConvertCharset:
			c.Charset, c.Collation = "", ""
		case c.Charset == "" && c.Collation == "":
			c.Charset, c.Collation = t.Options["charset"], t.Options["collate"]
		}
	}
	if t.Options != nil { // one says the other
		delete(t.Options, "charset")
		delete(t.Options, "collate")
	}
}

// alterColumn follows the actions that change one property of a column.
func (f *follower) alterColumn(t *Table, a ast.Action) {
	switch a.Kind {
	case ast.SetType, ast.SetDefault, ast.DropDefault, ast.SetNotNull, ast.DropNotNull, ast.AddIdentity,
		ast.DropIdentity, ast.DropExpression:
	default:
		return
	}
	f.columns(t, a.Pos, a.Name)
	col := t.Column(f.Catalog, a.Name)
	if col == nil {
		return
	}
	switch a.Kind {
	case ast.SetType:
		if a.Type != nil {
			f.setType(col, *a.Type)
		}
		if a.Collation != "" {
			col.Collation = a.Collation
		}
	case ast.SetDefault:
		col.Default = ""
		if a.Default != nil && !a.Default.Null {
			col.Default = a.Default.Text
		}
	case ast.DropDefault:
		col.Default = ""
	case ast.SetNotNull, ast.DropNotNull:
		col.NotNull = a.Kind == ast.SetNotNull
	case ast.AddIdentity, ast.DropIdentity:
		col.Identity = a.Kind == ast.AddIdentity
		f.ownSequence(t, *col, false)
		f.dropSequences(t, col)
	case ast.DropExpression:
		col.Generated = ""
	}
}

func (f *follower) addColumn(t *Table, a ast.Action) {
	if a.Column == nil {
		return
	}
	if t.Column(f.Catalog, a.Column.Name) != nil {
		if !a.IfNotExists {
			f.problem(a.Pos, "The table %s has the column %s already.", t.Name, a.Column.Name)
		}
		return
	}
	if f.dialect == SQLite {
		if f.sqliteAdds(t, a); len(f.problems) > 0 {
			return
		}
	}
	f.place(t, f.column(*a.Column), *a.Column)
	f.ownSequence(t, *t.Column(f.Catalog, a.Column.Name), a.Column.Type.Serial)
	for _, from := range a.Column.Constraints {
		k := f.constraint(t, from, a.Column.Name)
		f.putConstraint(t, k, from)
		f.supportForeignKey(t, k)
	}
	f.addTable(t)
}

// place puts a column where a statement wants it.
func (f *follower) place(t *Table, made schema.TableColumn, said ast.Column) {
	at := len(t.Columns)
	if said.First {
		at = 0
	} else if said.After != "" {
		if i := slices.IndexFunc(t.Columns, f.named(said.After)); i >= 0 {
			at = i + 1
		}
	}
	t.Columns = slices.Insert(t.Columns, at, made)
}

// dropSequences takes out the sequence of a column that counts no more.
func (f *follower) dropSequences(t *Table, col *schema.TableColumn) {
	if !col.Identity {
		maps.DeleteFunc(f.objects, func(_ string, o Object) bool {
			return o.Kind == "sequence" && o.On == f.key(t.Name) && o.column == col.Name
		})
	}
}

func (f *follower) named(name string) func(schema.TableColumn) bool {
	return func(c schema.TableColumn) bool { return f.same(c.Name, name) }
}

// dropColumn takes a column out, with the indexes and constraints that it is a part of.
func (f *follower) dropColumn(t *Table, a ast.Action) {
	if t.Column(f.Catalog, a.Name) == nil {
		if !a.IfExists {
			f.columns(t, a.Pos, a.Name)
		}
		return
	}
	if f.dialect == SQLite {
		if f.sqliteDrops(t, a); len(f.problems) > 0 {
			return
		}
	}
	f.dropSequences(t, &schema.TableColumn{Name: a.Name})
	t.Columns = slices.DeleteFunc(t.Columns, f.named(a.Name))
	is := func(name string) bool { return f.same(name, a.Name) }
	if f.dialect == MySQL { // an index loses the column, and goes with its last one
		for i := range t.Indexes {
			t.Indexes[i].Columns = slices.DeleteFunc(slices.Clone(t.Indexes[i].Columns), is)
		}
		t.Indexes = slices.DeleteFunc(t.Indexes, func(i schema.Index) bool { return len(i.Columns) == 0 })
		for i := range t.Constraints {
			if k := &t.Constraints[i]; isKey(*k) {
				k.Columns = slices.DeleteFunc(slices.Clone(k.Columns), is)
			}
		}
		t.Constraints = slices.DeleteFunc(t.Constraints, func(k schema.Constraint) bool {
			return isKey(k) && len(k.Columns) == 0
		})
		return
	}
	t.Indexes = slices.DeleteFunc(t.Indexes, func(i schema.Index) bool {
		return slices.ContainsFunc(i.Columns, is)
	})
	t.Constraints = slices.DeleteFunc(t.Constraints, func(k schema.Constraint) bool {
		return slices.ContainsFunc(k.Columns, is)
	})
}

func (f *follower) renameColumn(t *Table, at ast.Position, from, to string) {
	if t.Column(f.Catalog, from) == nil {
		f.columns(t, at, from)
		return
	}
	if t.Column(f.Catalog, to) != nil && !f.same(from, to) {
		f.problem(at, "The table %s has the column %s already.", t.Name, to)
		return
	}
	t.Column(f.Catalog, from).Name = to
	for _, columns := range f.keys(t) {
		for i, name := range columns {
			if f.same(name, from) {
				columns[i] = to
			}
		}
	}
	for _, other := range f.tables {
		for i := range other.Constraints {
			k := &other.Constraints[i]
			if k.Table == "" || f.fold(k.Table) != f.fold(t.Name.String()) {
				continue
			}
			k.Refers = slices.Clone(k.Refers)
			for n := range k.Refers {
				if f.same(k.Refers[n], from) {
					k.Refers[n] = to
				}
			}
		}
	}
}

// keys gives the column lists of a table's indexes and constraints, each a list of its own.
func (f *follower) keys(t *Table) (all [][]string) {
	for i := range t.Indexes {
		t.Indexes[i].Columns = slices.Clone(t.Indexes[i].Columns)
		all = append(all, t.Indexes[i].Columns)
	}
	for i := range t.Constraints {
		t.Constraints[i].Columns = slices.Clone(t.Constraints[i].Columns)
		all = append(all, t.Constraints[i].Columns)
	}
	return all
}

// modifyColumn follows MySQL's MODIFY and CHANGE, which define a column as a whole.
func (f *follower) modifyColumn(t *Table, a ast.Action) {
	if a.Column == nil {
		return
	}
	if t.Column(f.Catalog, a.Name) == nil {
		if !a.IfExists {
			f.columns(t, a.Pos, a.Name)
		}
		return
	}
	if !f.same(a.Name, a.Column.Name) {
		f.renameColumn(t, a.Pos, a.Name, a.Column.Name)
	}
	made := f.column(*a.Column)
	if key := t.PrimaryKey(); key != nil && slices.ContainsFunc(key.Columns, func(name string) bool {
		return f.same(name, made.Name)
	}) {
		made.NotNull = true
	}
	if !a.Column.First && a.Column.After == "" {
		*t.Column(f.Catalog, a.Column.Name) = made
		return
	}
	t.Columns = slices.DeleteFunc(t.Columns, f.named(a.Column.Name))
	f.place(t, made, *a.Column)
}

func (f *follower) addConstraint(t *Table, a ast.Action) {
	if a.Constraint == nil {
		return
	}
	k := f.constraint(t, *a.Constraint, "")
	if k.Name != "" && t.Constraint(f.Catalog, k.Name) != nil {
		if !a.IfNotExists {
			f.problem(a.Pos, "The table %s has the constraint %s already.", t.Name, k.Name)
		}
		return
	}
	if a.Constraint.UsingIndex != "" {
		if i := t.Index(f.Catalog, a.Constraint.UsingIndex); i != nil {
			k.Columns = i.Columns
			if a.Constraint.Name == "" {
				k.Name = i.Name
			}
			f.dropIndex(t, i.Name) // it takes the constraint's name
		}
	}
	f.columns(t, a.Pos, k.Columns...)
	if r := a.Constraint.References; r != nil && f.Complete && f.ours(r.Table) && f.Table(r.Table) == nil {
		f.problem(a.Pos, "The table %s, which a foreign key refers to, is not there.", r.Table)
	}
	if len(f.problems) == 0 {
		f.putConstraint(t, k, *a.Constraint)
		f.supportForeignKey(t, k)
		f.addTable(t)
	}
}

func (f *follower) dropConstraint(t *Table, a ast.Action) {
	notNull := strings.HasSuffix(a.Name, "_not_null") // which has a name since PostgreSQL 18
	if t.Constraint(f.Catalog, a.Name) == nil && f.Complete && !t.Unknown && !a.IfExists && !notNull {
		f.problem(a.Pos, "The table %s has no constraint %s.", t.Name, a.Name)
		return
	}
	f.removeConstraints(t, func(k schema.Constraint) bool { return f.same(k.Name, a.Name) })
}

// removeConstraints takes constraints out, with the indexes that they have made.
func (f *follower) removeConstraints(t *Table, which func(schema.Constraint) bool) {
	for _, k := range t.Constraints {
		if which(k) && isKey(k) {
			defer f.dropIndex(t, k.Name)
		}
	}
	t.Constraints = slices.DeleteFunc(t.Constraints, which)
}

func (f *follower) addIndex(t *Table, a ast.Action) {
	if a.Index == nil {
		return
	}
	if name := a.Index.Name; name != "" && t.Index(f.Catalog, name) != nil {
		if !a.IfNotExists {
			f.problem(a.Pos, "The table %s has the index %s already.", t.Name, name)
		}
		return
	}
	f.columns(t, a.Pos, f.index(*a.Index).Columns...)
	if len(f.problems) == 0 {
		f.addIndexTo(t, *a.Index)
	}
}
