package review

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

// maxObjects bounds the objects that are kept of a file.
const maxObjects = 50

// objectsOf names the tables and views that a file changes, sorted: those that two branches should
// not change without knowing of each other. Rows are not objects.
func objectsOf(parsed *sqlreview.File) []string {
	var names []string
	add := func(list ...ast.Name) {
		for _, n := range list {
			name := strings.ToLower(n.Name)
			if schema := strings.ToLower(n.Schema); schema != "" && schema != "public" && schema != "main" {
				name = schema + "." + name
			}
			names = append(names, name)
		}
	}
	for _, s := range parsed.Statements {
		switch {
		case s.CreateTable != nil:
			add(s.CreateTable.Name)
		case s.AlterTable != nil:
			add(s.AlterTable.Table)
		case s.CreateIndex != nil:
			add(s.CreateIndex.Table)
		case s.CreateView != nil:
			add(s.CreateView.Name)
		case s.CreateTrigger != nil:
			add(s.CreateTrigger.Table)
		case s.Drop != nil && s.Drop.On != nil:
			add(*s.Drop.On)
		case s.Drop != nil && s.Drop.Kind != "index":
			add(s.Drop.Names...)
		case s.Rename != nil:
			for _, pair := range s.Rename.Pairs {
				add(pair.From)
			}
		case s.Truncate != nil:
			add(s.Truncate.Tables...)
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), maxObjects)]
}
