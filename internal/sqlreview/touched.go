package sqlreview

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

// Touched returns the tables whose definition or rows a file changes and that were there before the
// whole change, by name. Rows that are only added do not count: they cost the same in any table. It
// answers for the next file, so call it before File.
func (r *Reviewer) Touched(f *File) (tables []schema.Table) {
	seen := map[*Table]bool{}
	for _, s := range f.Statements {
		for _, name := range touchedBy(s.Statement) {
			t := r.catalog.Table(name)
			if t == nil || t.Made != nil || seen[t] {
				continue
			}
			seen[t] = true
			found := t.Table
			found.Schema, found.Name = t.Name.Schema, t.Name.Name
			tables = append(tables, found)
		}
	}
	slices.SortFunc(tables, func(a, b schema.Table) int {
		return strings.Compare(a.Schema+"\x00"+a.Name, b.Schema+"\x00"+b.Name)
	})
	return tables
}

func touchedBy(s ast.Statement) []ast.Name {
	switch {
	case s.AlterTable != nil:
		return []ast.Name{s.AlterTable.Table}
	case s.CreateIndex != nil:
		return []ast.Name{s.CreateIndex.Table}
	case s.Drop != nil && s.Drop.On != nil:
		return []ast.Name{*s.Drop.On}
	case s.Drop != nil && s.Drop.Kind != "index":
		return s.Drop.Names
	case s.Truncate != nil:
		return s.Truncate.Tables
	case s.Update != nil:
		return s.Update.Tables
	case s.Delete != nil:
		return s.Delete.Tables
	}
	return nil
}
