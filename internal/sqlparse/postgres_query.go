package sqlparse

import (
	"slices"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
)

// data maps what reads and changes rows.
func (m *postgresMapper) data(n *pg.Node) *ast.Statement {
	switch o := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		return &ast.Statement{Select: m.query(n)}
	case *pg.Node_InsertStmt:
		return &ast.Statement{Insert: m.insert(o.InsertStmt)}
	case *pg.Node_UpdateStmt:
		u := &ast.Update{
			Tables: []ast.Name{relation(o.UpdateStmt.GetRelation())},
			Set:    targets(o.UpdateStmt.GetTargetList()),
			Where:  m.where(o.UpdateStmt.GetWhereClause()),
		}
		return &ast.Statement{Update: u}
	case *pg.Node_DeleteStmt:
		d := &ast.Delete{
			Tables: []ast.Name{relation(o.DeleteStmt.GetRelation())},
			Where:  m.where(o.DeleteStmt.GetWhereClause()),
		}
		return &ast.Statement{Delete: d}
	}
	return nil
}

// withOf is the WITH clause of a statement; nil for none.
func withOf(n *pg.Node) *pg.WithClause {
	switch o := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		return o.SelectStmt.GetWithClause()
	case *pg.Node_InsertStmt:
		return o.InsertStmt.GetWithClause()
	case *pg.Node_UpdateStmt:
		return o.UpdateStmt.GetWithClause()
	case *pg.Node_DeleteStmt:
		return o.DeleteStmt.GetWithClause()
	case *pg.Node_MergeStmt:
		return o.MergeStmt.GetWithClause()
	}
	return nil
}

func targets(nodes []*pg.Node) (names []string) {
	for _, n := range nodes {
		names = append(names, n.GetResTarget().GetName())
	}
	return names
}

func (m *postgresMapper) insert(d *pg.InsertStmt) *ast.Insert {
	i := &ast.Insert{
		Table:   relation(d.GetRelation()),
		Columns: targets(d.GetCols()),
		Upsert:  d.GetOnConflictClause() != nil,
	}
	source := d.GetSelectStmt()
	switch {
	case source.GetNode() == nil:
		i.Default = true
	case len(source.GetSelectStmt().GetValuesLists()) > 0:
		rows := source.GetSelectStmt().GetValuesLists()
		i.Rows, i.Values = len(rows), len(rows[0].GetList().GetItems())
	default:
		i.Query = m.query(source)
	}
	return i
}

// query maps a SELECT with all that lies below it; nil for what is no SELECT, such as EXECUTE.
func (m *postgresMapper) query(n *pg.Node) *ast.Select {
	d := n.GetSelectStmt()
	if d == nil {
		return nil
	}
	s := &ast.Select{
		Star:        star(d),
		Limit:       d.GetLimitCount().GetNode() != nil,
		OrderByRand: slices.ContainsFunc(d.GetSortClause(), byRandom),
	}
	for left := d; left != nil; left = left.GetLarg() {
		if into := left.GetIntoClause().GetRel(); into != nil {
			name := relation(into)
			s.Into = &name
		}
	}
	m.sumUp(s, n)
	return s
}

// sumUp adds the tables, functions and conditions of a query and of those in it.
func (m *postgresMapper) sumUp(s *ast.Select, n *pg.Node) {
	made := map[string]bool{} // names of common table expressions
	seen := map[ast.Name]bool{}
	called := map[string]bool{}
	conditions := []*pg.Node{}
	var tables []ast.Name
	walk(n, func(n *pg.Node) bool {
		switch o := n.GetNode().(type) {
		case *pg.Node_RangeVar:
			if name := relation(o.RangeVar); !seen[name] {
				seen[name] = true
				tables = append(tables, name)
			}
		case *pg.Node_CommonTableExpr:
			made[o.CommonTableExpr.GetCtename()] = true
		case *pg.Node_SelectStmt:
			conditions = append(conditions, join([]*pg.Node{o.SelectStmt.GetWhereClause()})...)
		}
		if name := function(n); name != "" && !called[name] {
			called[name] = true
			s.Functions = append(s.Functions, name)
		}
		return true
	})
	for _, t := range tables {
		if t.Schema != "" || !made[t.Name] {
			s.Tables = append(s.Tables, t)
		}
	}
	s.Where = m.where(conditions...)
}

// star reports whether a SELECT, or one that UNION and its like join to it, reads all columns of a
// table.
func star(d *pg.SelectStmt) bool {
	for _, t := range d.GetTargetList() {
		fields := t.GetResTarget().GetVal().GetColumnRef().GetFields()
		if n := len(fields); n > 0 && fields[n-1].GetAStar() != nil {
			return true
		}
	}
	return d.GetLarg() != nil && (star(d.GetLarg()) || star(d.GetRarg()))
}

func byRandom(n *pg.Node) bool {
	name := function(n.GetSortBy().GetNode())
	return name == "random" || name == "pg_catalog.random"
}
