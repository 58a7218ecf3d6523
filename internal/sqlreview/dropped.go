package sqlreview

import (
	"maps"
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

func (f *follower) drop(s *ast.Drop) {
	for _, name := range s.Names {
		switch s.Kind {
		case "table", "foreign table":
			if t := f.Table(name); t != nil {
				f.dropTable(t)
			} else if !s.IfExists {
				f.wants(name)
			}
		case "index":
			t := f.IndexTable(name, s.On)
			if t == nil {
				if f.Complete && !s.IfExists {
					f.problem(ast.Position{}, "The index %s is not there.", name)
				}
				continue
			}
			f.dropIndex(t, name.Name)
		case "schema":
			delete(f.schemas, f.fold(name.Name))
		default:
			if _, ok := f.Object(s.Kind, name); !ok && f.Complete && !s.IfExists &&
				slices.Contains([]string{"view", "materialized view", "sequence", "type", "domain"}, s.Kind) {
				f.problem(ast.Position{}, "The %s %s is not there.", s.Kind, name)
			}
			gone := Object{Kind: s.Kind, Name: name}
			if s.On != nil {
				gone.On = f.key(*s.On)
			}
			delete(f.objects, f.objectKey(gone))
			if s.Kind == "view" { // with the triggers on it
				maps.DeleteFunc(f.objects, func(_ string, o Object) bool { return o.On == f.key(name) })
			}
		}
	}
}

// dropTable takes a table out of the catalog, with its partitions and the keys that refer to it.
func (f *follower) dropTable(t *Table) {
	for _, part := range f.partsOf(t) {
		f.dropTable(part)
	}
	f.Catalog.forget(t)
	if f.dialect != PostgreSQL {
		return
	}
	for _, other := range f.tables {
		other.Constraints = slices.DeleteFunc(other.Constraints, func(k schema.Constraint) bool {
			return k.Table == t.Name.String()
		})
	}
}

func (f *follower) dropIndex(t *Table, name string) {
	if i := t.Index(f.Catalog, name); i != nil {
		f.dropped = append(f.dropped, DroppedIndex{Index: *i, Table: t})
	}
	t.Indexes = slices.DeleteFunc(t.Indexes, func(i schema.Index) bool { return f.same(i.Name, name) })
	delete(f.indexes, f.indexKey(t.Name, name))
	if f.dialect == MySQL { // where a unique index is a constraint
		t.Constraints = slices.DeleteFunc(t.Constraints, func(k schema.Constraint) bool {
			return isKey(k) && f.same(k.Name, name)
		})
	}
}

func (f *follower) rename(s *ast.Rename) {
	for _, pair := range s.Pairs {
		switch s.Kind {
		case "table":
			f.move(pair.From, pair.To)
		case "index":
			if t := f.IndexTable(pair.From, nil); t != nil {
				f.renameIndex(t, pair.From.Name, pair.To.Name)
			}
		case "schema":
			delete(f.schemas, f.fold(pair.From.Name))
			f.schemas[f.fold(pair.To.Name)] = true
		default:
			if o, ok := f.Object(s.Kind, pair.From); ok {
				delete(f.objects, f.objectKey(o))
				o.Name = pair.To
				f.addObject(o)
			}
		}
	}
}

// move gives a table another name.
func (f *follower) move(from, to ast.Name) {
	t := f.Table(from)
	switch {
	case t == nil:
		f.wants(from)
		return
	case f.Table(to) != nil:
		f.problem(ast.Position{}, "The table %s is there already.", to)
		return
	}
	var belongs []Object
	for _, o := range f.objects {
		if o.On == f.key(t.Name) {
			belongs = append(belongs, o)
		}
	}
	was := t.Name
	f.Catalog.forget(t)
	t.Name, t.Table.Name = f.home(to), to.Name
	for i := range t.Indexes {
		if rest, ok := strings.CutPrefix(t.Indexes[i].Name, autoIndex+was.Name+"_"); ok {
			t.Indexes[i].Name = autoIndex + to.Name + "_" + rest
		}
	}
	f.addTable(t)
	for _, o := range belongs {
		if o.On = f.key(t.Name); o.Kind == "sequence" {
			o.Name.Schema = t.Name.Schema
		}
		f.addObject(o)
	}
	for _, other := range f.tables {
		if other.PartitionOf == was.String() {
			other.PartitionOf = t.Name.String()
		}
		for i := range other.Constraints {
			if k := &other.Constraints[i]; k.Table != "" && f.fold(k.Table) == f.fold(was.String()) {
				k.Table = t.Name.String()
			}
		}
	}
}

// isKey reports whether a constraint has an index.
func isKey(k schema.Constraint) bool {
	switch ast.ConstraintKind(k.Kind) {
	case ast.PrimaryKey, ast.Unique, ast.Exclude:
		return true
	}
	return false
}

// renameIndex renames an index, and the constraint that it belongs to.
func (f *follower) renameIndex(t *Table, from, to string) {
	if k := t.Constraint(f.Catalog, from); k != nil && isKey(*k) {
		k.Name = to
	}
	if i := t.Index(f.Catalog, from); i != nil {
		delete(f.indexes, f.indexKey(t.Name, from))
		i.Name = to
		f.indexes[f.indexKey(t.Name, to)] = f.key(t.Name)
	}
}
