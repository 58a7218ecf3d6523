package sqlreview

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/schema"
)

// sqliteAdds says why SQLite refuses to add a column. Some of it depends on rows, which a table may
// have that the file has not made.
// https://www.sqlite.org/lang_altertable.html#alter_table_add_column
func (f *follower) sqliteAdds(t *Table, a ast.Action) {
	c := a.Column
	for _, k := range c.Constraints {
		if k.Kind == ast.PrimaryKey || k.Kind == ast.Unique {
			f.problem(a.Pos, "SQLite adds no column that is a key: make the table %s again with %s.",
				t.Name, c.Name)
			return
		}
	}
	computed := c.Default != nil && (!c.Default.Const || c.Default.Text != "" && c.Default.Text[0] == '(')
	switch {
	case t.Made == f.file:
	case c.Generated == ast.Stored:
		f.problem(a.Pos,
			"SQLite adds no stored column to the table %s when it has rows. A virtual one it does.", t.Name)
	case computed:
		f.problem(a.Pos,
			"SQLite adds no column with a default that it computes to the table %s when it has rows.", t.Name)
	}
}

// sqliteDrops says why SQLite refuses to drop a column.
// https://www.sqlite.org/lang_altertable.html#alter_table_drop_column
func (f *follower) sqliteDrops(t *Table, a ast.Action) {
	uses := func(columns []string) bool {
		return slices.ContainsFunc(columns, func(c string) bool { return f.same(c, a.Name) })
	}
	key := slices.ContainsFunc(t.Constraints, func(k schema.Constraint) bool {
		return k.Kind != string(ast.Check) && uses(k.Columns)
	})
	switch i := slices.IndexFunc(t.Indexes, func(i schema.Index) bool { return uses(i.Columns) }); {
	case key:
		f.problem(a.Pos,
			"SQLite does not drop %s, which is part of a key: make the table %s again without it.", a.Name, t.Name)
	case i >= 0:
		f.problem(a.Pos, "SQLite does not drop %s, which the index %s has. Drop the index first.",
			a.Name, t.Indexes[i].Name)
	}
}

// strictTypes are the types that a STRICT table of SQLite may have.
var strictTypes = []string{"int", "integer", "real", "text", "blob", "any"}

// sqliteMakes says why SQLite refuses to make a table.
func (f *follower) sqliteMakes(s *ast.CreateTable) {
	if in := s.Name.Schema; in != "" && !slices.Contains([]string{"main", "temp"}, f.fold(in)) {
		f.problem(ast.Position{}, "There is no database %s.", in)
	}
	for _, c := range s.Columns {
		if s.Strict && !slices.Contains(strictTypes, c.Type.Name) {
			f.problem(c.Pos, "A STRICT table has no type %s. Use one of INTEGER, REAL, TEXT, BLOB and ANY.",
				c.Type.Name)
		}
	}
}
