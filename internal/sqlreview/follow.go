package sqlreview

import (
	"fmt"
	"slices"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

// Follow brings the catalog to what it is after a statement. It returns what does not fit: a server
// would end such a statement with an error, so nothing of it is followed then.
func (c *Catalog) Follow(s ast.Statement, file *File) []Problem {
	f := follower{Catalog: c, file: file, pos: s.Pos}
	switch {
	case s.CreateTable != nil:
		f.createTable(s.CreateTable)
	case s.AlterTable != nil:
		f.alterTable(s.AlterTable)
	case s.CreateIndex != nil:
		f.createIndex(s.CreateIndex)
	case s.Drop != nil:
		f.drop(s.Drop)
	case s.Rename != nil:
		f.rename(s.Rename)
	case s.Select != nil && s.Select.Into != nil:
		name := *s.Select.Into
		f.addTable(&Table{Name: name, Made: file, Table: schema.Table{Name: name.Name, Unknown: true}})
	case s.Insert != nil:
		f.insert(s.Insert)
	case s.Update != nil:
		f.update(s.Update)
	case s.Delete != nil:
		f.wants(s.Delete.Tables...)
	case s.Truncate != nil:
		f.wants(s.Truncate.Tables...)
	default:
		f.create(s)
	}
	return f.problems
}

// follower follows one statement.
type follower struct {
	*Catalog
	file     *File
	pos      ast.Position
	problems []Problem
}

func (f *follower) problem(at ast.Position, format string, args ...any) {
	if at.Line == 0 {
		at = f.pos
	}
	f.problems = append(f.problems, Problem{Pos: at, Message: fmt.Sprintf(format, args...)})
}

// wants says that tables are missing, where the catalog is complete.
func (f *follower) wants(names ...ast.Name) {
	for _, n := range names {
		if f.Complete && !f.readable(n) {
			f.problem(ast.Position{}, "The table %s is not there.", n)
		}
	}
}

// readable reports whether a name may be a table, a view or a system's catalog.
func (f *follower) readable(n ast.Name) bool {
	if f.Table(n) != nil || !f.ours(n) {
		return true
	}
	for _, kind := range []string{"view", "materialized view"} {
		if _, ok := f.Object(kind, n); ok {
			return true
		}
	}
	return false
}

// ours reports whether the catalog speaks of the schema that a name is in: not of the server's own,
// nor of another database.
func (f *follower) ours(n ast.Name) bool {
	switch n.Schema {
	case "", "public", "main":
		return true
	}
	return n.Catalog == "" && (f.schemas[f.fold(n.Schema)] || f.home(n).Schema == "")
}

func (f *follower) createTable(s *ast.CreateTable) {
	if f.Table(s.Name) != nil && !s.OrReplace {
		if !s.IfNotExists {
			f.problem(ast.Position{}, "The table %s is there already.", s.Name)
		}
		return
	}
	for _, k := range references(s) {
		if k.References != nil && f.Complete && f.Table(k.References.Table) == nil &&
			f.key(k.References.Table) != f.key(s.Name) && f.ours(k.References.Table) && f.dialect != SQLite {
			f.problem(k.Pos, "The table %s, which a foreign key refers to, is not there.", k.References.Table)
		}
	}
	if f.dialect == SQLite {
		f.sqliteMakes(s)
	}
	if len(f.problems) > 0 {
		return
	}
	if old := f.Table(s.Name); old != nil {
		f.forget(old)
	}
	f.addTable(f.define(s, f.file))
}

func references(s *ast.CreateTable) []ast.Constraint {
	all := slices.Clone(s.Constraints)
	for _, col := range s.Columns {
		all = append(all, col.Constraints...)
	}
	return all
}

func (f *follower) createIndex(s *ast.CreateIndex) {
	t := f.Table(s.Table)
	if t == nil {
		f.wants(s.Table)
		return
	}
	name := ast.Name{Schema: t.Name.Schema, Name: s.Name}
	if s.Name != "" && f.IndexTable(name, &s.Table) != nil && !s.OrReplace {
		if !s.IfNotExists {
			f.problem(ast.Position{}, "The index %s is there already.", s.Name)
		}
		return
	}
	f.columns(t, s.Pos, f.index(s.Index).Columns...)
	if len(f.problems) > 0 {
		return
	}
	if s.OrReplace {
		f.dropIndex(t, s.Name)
	}
	f.addIndexTo(t, s.Index)
	if !s.Only {
		f.partIndexes(t)
	}
}

// partIndexes gives partitions the indexes of their table.
func (f *follower) partIndexes(t *Table) {
	for _, part := range f.partsOf(t) {
		f.inheritAsPart(part, t)
		f.addTable(part)
		f.partIndexes(part)
	}
}

// columns says which columns a table lacks.
func (f *follower) columns(t *Table, at ast.Position, names ...string) {
	for _, name := range names {
		if name != "" && !t.Unknown && t.Column(f.Catalog, name) == nil {
			f.problem(at, "The table %s has no column %s.", t.Name, name)
		}
	}
}

func (f *follower) insert(s *ast.Insert) {
	f.wants(s.Table)
	if t := f.Table(s.Table); t != nil {
		f.columns(t, ast.Position{}, s.Columns...)
		f.values(t, s)
	}
}

// values says that an INSERT without a list of columns has values for others than the table has.
// PostgreSQL fills up what is missing.
func (f *follower) values(t *Table, s *ast.Insert) {
	if t.Unknown || len(s.Columns) > 0 || s.Values == 0 {
		return
	}
	n := len(t.Columns)
	for _, c := range t.Columns {
		if c.Invisible || (f.dialect == SQLite && c.Generated != "") {
			n--
		}
	}
	if s.Values > n || (s.Values < n && f.dialect != PostgreSQL) {
		f.problem(ast.Position{}, "The table %s takes %d values, and this gives %d.", t.Name, n, s.Values)
	}
}

func (f *follower) update(s *ast.Update) {
	f.wants(s.Tables...)
	if len(s.Tables) != 1 {
		return
	}
	if t := f.Table(s.Tables[0]); t != nil {
		f.columns(t, ast.Position{}, s.Set...)
	}
}

// create follows what makes an object that is no table.
func (f *follower) create(s ast.Statement) {
	var made Object
	again := false // it may be there already
	switch {
	case s.CreateView != nil:
		made.Kind, made.Name = "view", s.CreateView.Name
		if s.CreateView.Materialized {
			made.Kind = "materialized view"
		}
		again = s.CreateView.OrReplace || s.CreateView.IfNotExists
		made.Temporary = s.CreateView.Temporary
	case s.CreateSequence != nil:
		made.Kind, made.Name, again = "sequence", s.CreateSequence.Name, s.CreateSequence.IfNotExists
		made.Temporary = s.CreateSequence.Temporary
	case s.CreateTrigger != nil:
		made.Kind, made.Name, again = "trigger", s.CreateTrigger.Name, true
		made.Temporary = s.CreateTrigger.Temporary
		made.On = f.find(s.CreateTrigger.Table, func(key string) bool { return f.tables[key] != nil })
	case s.CreateRoutine != nil: // which may be overloaded
		if made.Kind = "function"; s.CreateRoutine.Procedure {
			made.Kind = "procedure"
		}
		made.Name, again = s.CreateRoutine.Name, true
	case s.CreateEvent != nil:
		made.Kind, made.Name, again = "event", s.CreateEvent.Name, true
	case s.CreateType != nil:
		made.Kind, made.Name, made.Values = "type", s.CreateType.Name, s.CreateType.Values
	case s.CreateDomain != nil:
		made.Kind, made.Name = "domain", s.CreateDomain.Name
	case s.AlterEnum != nil:
		f.alterEnum(s.AlterEnum)
		return
	case s.CreateSchema != nil:
		f.schemas[f.fold(s.CreateSchema.Name)] = true
		return
	default:
		return // nothing can be told from a name
	}
	made.Made = f.file
	if old, ok := f.Object(made.Kind, made.Name); ok && !again {
		f.problem(ast.Position{}, "The %s %s is there already.", old.Kind, made.Name)
		return
	}
	f.addObject(made)
}

func (f *follower) alterEnum(s *ast.AlterEnum) {
	o, ok := f.Object("type", s.Name)
	if !ok {
		return
	}
	values := slices.Clone(o.Values)
	at := slices.Index(values, s.Value)
	switch {
	case s.NewValue != "" && at < 0:
		f.problem(ast.Position{}, "The type %s has no value %s.", s.Name, s.Value)
		return
	case s.NewValue != "":
		values[at] = s.NewValue
	case at >= 0 && !s.IfNotExists:
		f.problem(ast.Position{}, "The type %s has the value %s already.", s.Name, s.Value)
		return
	case at < 0:
		place := len(values)
		if i := slices.Index(values, s.Before); s.Before != "" && i >= 0 {
			place = i
		} else if i := slices.Index(values, s.After); s.After != "" && i >= 0 {
			place = i + 1
		}
		values = slices.Insert(values, place, s.Value)
	}
	o.Values = values
	f.addObject(o)
}
