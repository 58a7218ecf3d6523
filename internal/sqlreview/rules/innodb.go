package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

// rebuilding is why InnoDB writes a table again for a column that it could add, drop or move by an
// entry of its catalog. The zero value says that it does not.
type rebuilding struct {
	why    string // a clause
	blocks bool   // nobody writes the table meanwhile
}

// sentence ends a message about a table that is built again.
func (r rebuilding) sentence() string {
	if r.blocks {
		return "The whole table is built again because " + r.why + ", and nobody writes it meanwhile."
	}
	return "The whole table is built again because " + r.why + "."
}

// notInstant says why a change of columns takes a rebuild in any case: for what the table has, or for
// what else the statement does.
// https://mariadb.com/kb/en/instant-add-column-for-innodb/#limitations
// https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html
func notInstant(p *sqlreview.Pass, t *sqlreview.Table) rebuilding {
	s := p.Statement.AlterTable
	for _, i := range t.Indexes {
		if i.Method == "fulltext" {
			return rebuilding{why: "it has a FULLTEXT index", blocks: !leaves(p, s, i)}
		}
	}
	for _, i := range t.Indexes {
		if p.Server.MariaDB && onVirtual(p, t, i) {
			return rebuilding{why: "it has an index on a virtual column", blocks: !leaves(p, s, i)}
		}
	}
	switch {
	case strings.EqualFold(t.Options["row_format"], "compressed"):
		return rebuilding{why: "its rows are compressed"}
	case buildsIndex(s):
		return rebuilding{why: "the same statement builds an index"}
	}
	return rebuilding{}
}

// leaves reports whether an index goes with the statement.
func leaves(p *sqlreview.Pass, s *ast.AlterTable, i schema.Index) bool {
	return dropsIndex(s, i.Name) || !slices.ContainsFunc(i.Columns, func(c string) bool {
		return !dropsColumn(p, s, c)
	})
}

func dropsColumn(p *sqlreview.Pass, s *ast.AlterTable, name string) bool {
	return slices.ContainsFunc(s.Actions, func(a ast.Action) bool {
		return a.Kind == ast.DropColumn && p.Same(a.Name, name)
	})
}

// onVirtual reports whether an index has a virtual column.
func onVirtual(p *sqlreview.Pass, t *sqlreview.Table, i schema.Index) bool {
	return slices.ContainsFunc(i.Columns, func(name string) bool {
		c := t.Column(p.Catalog, name)
		return c != nil && c.Generated == string(ast.Virtual)
	})
}

// buildsIndex reports whether a statement builds an index.
func buildsIndex(s *ast.AlterTable) bool {
	key := func(k ast.Constraint) bool { return k.Kind == ast.Unique }
	return slices.ContainsFunc(s.Actions, func(a ast.Action) bool {
		switch a.Kind {
		case ast.AddIndex:
			return true
		case ast.AddConstraint:
			return key(*a.Constraint)
		case ast.AddColumn:
			return a.Column != nil && slices.ContainsFunc(a.Column.Constraints, key)
		}
		return false
	})
}

// toAdd says why InnoDB builds a table again to add a column.
func toAdd(p *sqlreview.Pass, t *sqlreview.Table, c ast.Column) rebuilding {
	if p.Server.MariaDB && shiftsVirtual(p, t, c) {
		return rebuilding{why: "a virtual column moves with the new one", blocks: true}
	}
	if c.Generated == ast.Virtual {
		return rebuilding{}
	}
	v := p.Server.Version
	old, middle := v.Before(8, 0, 12), v.Before(8, 0, 29)
	if p.Server.MariaDB {
		old, middle = v.Before(10, 3, 2), v.Before(10, 4, 0)
	}
	switch {
	case old:
		return rebuilding{why: "version " + v.String() + " adds no column at once"}
	case middle && (c.First || c.After != ""):
		return rebuilding{why: "version " + v.String() + " puts no column in the middle at once"}
	case p.Server.MariaDB && mixesVirtual(p, t):
		return rebuilding{why: "virtual and other columns change in one statement", blocks: true}
	}
	return notInstant(p, t)
}

// toDrop says why InnoDB builds a table again to drop a column.
func toDrop(p *sqlreview.Pass, t *sqlreview.Table, name string) rebuilding {
	s, v := p.Statement.AlterTable, p.Server.Version
	if c := t.Column(p.Catalog, name); c != nil && c.Generated == string(ast.Virtual) {
		return rebuilding{}
	}
	if key := t.PrimaryKey(); key != nil && has(p, key.Columns, name) {
		_, adds := dropsKey(s)
		return rebuilding{why: "the column is its primary key", blocks: !adds}
	}
	old := v.Before(8, 0, 29)
	if p.Server.MariaDB {
		old = v.Before(10, 4, 0)
	}
	if old {
		return rebuilding{why: "version " + v.String() + " drops no column at once"}
	}
	if r := notInstant(p, t); r.why != "" {
		return r
	}
	for _, i := range t.Indexes {
		if has(p, i.Columns, name) && !leaves(p, s, i) {
			return rebuilding{why: "the index " + i.Name + " loses the column"}
		}
	}
	if p.Server.MariaDB && mixesVirtual(p, t) {
		return rebuilding{why: "virtual and other columns change in one statement", blocks: true}
	}
	return rebuilding{}
}

// shiftsVirtual reports whether a new column stands before a virtual one, or is one in the middle of
// a table that has some.
func shiftsVirtual(p *sqlreview.Pass, t *sqlreview.Table, c ast.Column) bool {
	if !c.First && c.After == "" {
		return false
	}
	at := 0
	if c.After != "" {
		at = 1 + slices.IndexFunc(t.Columns, func(o schema.TableColumn) bool {
			return p.Same(o.Name, c.After)
		})
	}
	return slices.ContainsFunc(t.Columns[at:], func(o schema.TableColumn) bool {
		return o.Generated == string(ast.Virtual)
	})
}

// mixesVirtual reports whether a statement adds columns beside virtual ones that it adds, or adds
// some and drops others of a table with virtual ones.
func mixesVirtual(p *sqlreview.Pass, t *sqlreview.Table) bool {
	virtual := slices.ContainsFunc(t.Columns, func(c schema.TableColumn) bool {
		return c.Generated == string(ast.Virtual)
	})
	var plain, made, drops bool
	for _, a := range p.Statement.AlterTable.Actions {
		switch {
		case a.Kind == ast.DropColumn:
			drops = true
		case a.Kind != ast.AddColumn || a.Column == nil:
		case a.Column.Generated == ast.Virtual:
			made = true
		default:
			plain = true
		}
	}
	return plain && (made || (drops && virtual))
}

// clusters is the index that InnoDB keeps a table's rows in: of the primary key, else of the first
// unique key whose columns take no NULL. It is nil where the server numbers the rows itself.
func clusters(p *sqlreview.Pass, t *sqlreview.Table) *schema.Index {
	for i := range t.Indexes {
		if strings.EqualFold(t.Indexes[i].Name, "PRIMARY") {
			return &t.Indexes[i]
		}
	}
	for i, index := range t.Indexes {
		if index.Unique && takesNoNull(p, t, index.Columns) && !slices.ContainsFunc(index.Lengths, positive) {
			return &t.Indexes[i]
		}
	}
	return nil
}

func positive(n int) bool { return n > 0 }

func takesNoNull(p *sqlreview.Pass, t *sqlreview.Table, columns []string) bool {
	return !slices.ContainsFunc(columns, func(name string) bool {
		c := t.Column(p.Catalog, name)
		return c == nil || !c.NotNull
	})
}
