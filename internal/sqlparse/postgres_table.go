package sqlparse

import (
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
)

// table maps what makes and changes tables and indexes.
func (m *postgresMapper) table(n *pg.Node) *ast.Statement {
	switch o := n.GetNode().(type) {
	case *pg.Node_CreateStmt:
		return &ast.Statement{CreateTable: m.createTable(o.CreateStmt)}
	case *pg.Node_CreateForeignTableStmt:
		t := m.createTable(o.CreateForeignTableStmt.GetBaseStmt())
		t.Foreign = true
		t.Options = options(o.CreateForeignTableStmt.GetOptions())
		return &ast.Statement{CreateTable: t}
	case *pg.Node_CreateTableAsStmt:
		return m.createTableAs(o.CreateTableAsStmt)
	case *pg.Node_IndexStmt:
		return &ast.Statement{CreateIndex: m.createIndex(o.IndexStmt)}
	case *pg.Node_AlterTableStmt:
		return m.alterTable(o.AlterTableStmt)
	}
	return nil
}

func (m *postgresMapper) createTable(d *pg.CreateStmt) *ast.CreateTable {
	t := &ast.CreateTable{
		Name:        relation(d.GetRelation()),
		IfNotExists: d.GetIfNotExists(),
		Temporary:   d.GetRelation().GetRelpersistence() == "t",
		Unlogged:    d.GetRelation().GetRelpersistence() == "u",
		Options:     options(d.GetOptions()),
		PartitionBy: partitionBy(d.GetPartspec()),
		Typed:       d.GetOfTypename() != nil,
	}
	for _, n := range d.GetTableElts() {
		switch e := n.GetNode().(type) {
		case *pg.Node_ColumnDef:
			t.Columns = append(t.Columns, m.column(e.ColumnDef))
		case *pg.Node_Constraint:
			t.Constraints = append(t.Constraints, m.constraint(e.Constraint, ""))
		case *pg.Node_TableLikeClause:
			like := relation(e.TableLikeClause.GetRelation())
			t.Like = &like
			t.Including = including(e.TableLikeClause.GetOptions())
		}
	}
	parents := relations(d.GetInhRelations())
	if d.GetPartbound() != nil && len(parents) > 0 {
		t.PartitionOf = &parents[0]
		return t
	}
	t.Inherits = parents
	return t
}

// including are the words of INCLUDING that a rule may need, by the server's bits for them.
// https://github.com/postgres/postgres/blob/master/src/include/nodes/parsenodes.h
func including(bits uint32) (words []string) {
	for i, word := range []string{"constraints", "defaults", "generated", "identity", "indexes"} {
		if bits&(1<<(i+2)) != 0 {
			words = append(words, word)
		}
	}
	return words
}

func partitionBy(p *pg.PartitionSpec) string {
	switch p.GetStrategy() {
	case pg.PartitionStrategy_PARTITION_STRATEGY_LIST:
		return "list"
	case pg.PartitionStrategy_PARTITION_STRATEGY_RANGE:
		return "range"
	case pg.PartitionStrategy_PARTITION_STRATEGY_HASH:
		return "hash"
	}
	return ""
}

// createTableAs maps CREATE TABLE AS and CREATE MATERIALIZED VIEW.
func (m *postgresMapper) createTableAs(d *pg.CreateTableAsStmt) *ast.Statement {
	into := d.GetInto().GetRel()
	query := m.query(d.GetQuery())
	if d.GetObjtype() == pg.ObjectType_OBJECT_MATVIEW {
		return &ast.Statement{CreateView: &ast.CreateView{
			Name:         relation(into),
			Materialized: true,
			IfNotExists:  d.GetIfNotExists(),
			Query:        query,
		}}
	}
	return &ast.Statement{CreateTable: &ast.CreateTable{
		Name:        relation(into),
		IfNotExists: d.GetIfNotExists(),
		Temporary:   into.GetRelpersistence() == "t",
		Unlogged:    into.GetRelpersistence() == "u",
		Options:     options(d.GetInto().GetOptions()),
		As:          query,
	}}
}

func (m *postgresMapper) createIndex(d *pg.IndexStmt) *ast.CreateIndex {
	index := &ast.CreateIndex{
		Index: ast.Index{
			Pos:    m.place(0),
			Name:   d.GetIdxname(),
			Unique: d.GetUnique(),
			Where:  m.expr(d.GetWhereClause(), m.conditionText(d.GetWhereClause())),
		},
		Table:        relation(d.GetRelation()),
		Concurrently: d.GetConcurrent(),
		IfNotExists:  d.GetIfNotExists(),
		Only:         !d.GetRelation().GetInh(),
		Options:      options(d.GetOptions()),
	}
	if method := d.GetAccessMethod(); method != "btree" {
		index.Method = method
	}
	written := m.keyTexts(d)
	for i, n := range d.GetIndexParams() {
		text := ""
		if i < len(written) {
			text = written[i]
		}
		index.Keys = append(index.Keys, m.key(n.GetIndexElem(), text))
	}
	for _, n := range d.GetIndexIncludingParams() {
		index.Include = append(index.Include, n.GetIndexElem().GetName())
	}
	return index
}

// keyTexts are the parts of an index as they are written, without what follows a bracket.
func (m *postgresMapper) keyTexts(d *pg.IndexStmt) (all []string) {
	ts := m.tokens()
	i := ts.at(int(d.GetRelation().GetLocation()))
	for i < len(ts) && ts[i].symbol != '(' {
		i++
	}
	end := ts.closing(min(i, len(ts)))
	for i++; i < end; {
		next := ts.end(i, true)
		last := i
		for last < next && ts[last].symbol != '(' {
			last++
		}
		switch {
		case last == i:
			all = append(all, ts.cut(m.text, i+1, ts.closing(i)))
		case last < next:
			all = append(all, ts.cut(m.text, i, ts.closing(last)+1))
		default:
			all = append(all, ts.cut(m.text, i, next))
		}
		i = next + 1
	}
	return all
}

// alterTable maps ALTER TABLE and the statements that share its actions.
func (m *postgresMapper) alterTable(d *pg.AlterTableStmt) *ast.Statement {
	t := &ast.AlterTable{
		Table:    relation(d.GetRelation()),
		IfExists: d.GetMissingOk(),
		Only:     !d.GetRelation().GetInh(),
	}
	switch d.GetObjtype() {
	case pg.ObjectType_OBJECT_TABLE:
	case pg.ObjectType_OBJECT_TYPE:
		return nil // attributes of a composite type
	default:
		t.Kind = kind(d.GetObjtype())
	}
	parts := m.actionTokens(d.GetRelation().GetLocation())
	for i, n := range d.GetCmds() {
		part := -1
		if len(parts) == len(d.GetCmds()) {
			part = parts[i]
		}
		t.Actions = append(t.Actions, m.action(n.GetAlterTableCmd(), part))
	}
	return &ast.Statement{AlterTable: t}
}

// actionTokens are the tokens with which the actions behind a table's name begin.
func (m *postgresMapper) actionTokens(table int32) (all []int) {
	ts := m.tokens()
	i := ts.at(int(table))
	for i++; i+1 < len(ts) && ts[i].symbol == '.'; i += 2 {
	}
	if i < len(ts) && (ts[i].symbol == '*' || ts[i].symbol == ')') { // t *, ONLY (t)
		i++
	}
	for i < len(ts) {
		all = append(all, i)
		i = ts.end(i, true) + 1
	}
	return all
}

// action maps an action. part is the token with which it begins, -1 where that is not known.
func (m *postgresMapper) action(d *pg.AlterTableCmd, part int) ast.Action {
	a := ast.Action{
		Kind:     actionKinds[d.GetSubtype()],
		Name:     d.GetName(),
		IfExists: d.GetMissingOk(),
		Cascade:  d.GetBehavior() == pg.DropBehavior_DROP_CASCADE,
	}
	if part >= 0 {
		a.Pos = m.place(int32(m.tokens()[part].from)) //nolint:gosec // a statement has at most a MiB
	}
	if a.Kind == "" {
		a.Kind = ast.OtherAction
		a.Name = strings.TrimSpace(subtypeWords(d.GetSubtype()) + " " + a.Name)
	}
	m.detail(&a, d, part)
	return a
}

// subtypeWords are the words of an action that no rule looks into: AT_SetStatistics is "set
// statistics".
func subtypeWords(t pg.AlterTableType) string {
	var out strings.Builder
	for _, r := range strings.TrimPrefix(t.String(), "AT_") {
		if 'A' <= r && r <= 'Z' {
			if out.Len() > 0 {
				out.WriteByte(' ')
			}
			r += 'a' - 'A'
		}
		out.WriteRune(r)
	}
	return out.String()
}
