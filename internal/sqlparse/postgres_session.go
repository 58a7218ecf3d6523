package sqlparse

import (
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
)

// session maps what concerns the session, its transactions and the upkeep of tables.
func (m *postgresMapper) session(n *pg.Node) *ast.Statement {
	switch o := n.GetNode().(type) {
	case *pg.Node_VariableSetStmt:
		return &ast.Statement{Set: set(o.VariableSetStmt)}
	case *pg.Node_TransactionStmt:
		return &ast.Statement{Transaction: &ast.Transaction{Verb: transactionVerb(o.TransactionStmt)}}
	case *pg.Node_LockStmt:
		return &ast.Statement{Transaction: &ast.Transaction{
			Verb: "lock", Tables: relations(o.LockStmt.GetRelations()), Mode: lockMode(o.LockStmt.GetMode()),
		}}
	case *pg.Node_VacuumStmt:
		v := &ast.Maintain{Verb: "analyze"}
		if o.VacuumStmt.GetIsVacuumcmd() {
			v.Verb, v.Full = "vacuum", switched(o.VacuumStmt.GetOptions(), "full")
		}
		for _, r := range o.VacuumStmt.GetRels() {
			v.Tables = append(v.Tables, relation(r.GetVacuumRelation().GetRelation()))
		}
		return &ast.Statement{Maintain: v}
	case *pg.Node_ClusterStmt:
		return &ast.Statement{Maintain: &ast.Maintain{
			Verb: "cluster", Tables: one(o.ClusterStmt.GetRelation()),
		}}
	case *pg.Node_ReindexStmt:
		return &ast.Statement{Maintain: reindex(o.ReindexStmt)}
	case *pg.Node_RefreshMatViewStmt:
		return &ast.Statement{Maintain: &ast.Maintain{
			Verb: "refresh", Tables: one(o.RefreshMatViewStmt.GetRelation()),
			Concurrently: o.RefreshMatViewStmt.GetConcurrent(),
		}}
	}
	return nil
}

// one is a list of a relation's name, empty for none.
func one(r *pg.RangeVar) []ast.Name {
	if r == nil {
		return nil
	}
	return []ast.Name{relation(r)}
}

func reindex(d *pg.ReindexStmt) *ast.Maintain {
	r := &ast.Maintain{
		Verb:         "reindex",
		Kind:         strings.ToLower(strings.TrimPrefix(d.GetKind().String(), "REINDEX_OBJECT_")),
		Tables:       one(d.GetRelation()),
		Concurrently: switched(d.GetParams(), "concurrently"),
	}
	if d.GetName() != "" {
		r.Tables = []ast.Name{{Name: d.GetName()}}
	}
	return r
}

func set(d *pg.VariableSetStmt) *ast.Set {
	s := &ast.Set{Name: strings.ToLower(d.GetName()), Local: d.GetIsLocal()}
	switch d.GetKind() {
	case pg.VariableSetKind_VAR_SET_VALUE:
		values := []string{}
		for _, n := range d.GetArgs() {
			values = append(values, value(n))
		}
		s.Value = strings.Join(values, ", ")
	case pg.VariableSetKind_VAR_SET_DEFAULT:
		s.Value = "default"
	case pg.VariableSetKind_VAR_RESET_ALL:
		s.Name = "all"
	}
	return s
}

// transactionVerb is the verb of package ast.
func transactionVerb(d *pg.TransactionStmt) string {
	switch d.GetKind() {
	case pg.TransactionStmtKind_TRANS_STMT_BEGIN, pg.TransactionStmtKind_TRANS_STMT_START:
		return "begin"
	case pg.TransactionStmtKind_TRANS_STMT_PREPARE:
		return "prepare"
	}
	words := strings.TrimPrefix(d.GetKind().String(), "TRANS_STMT_")
	return strings.ToLower(strings.ReplaceAll(words, "_", " "))
}

// lockModes are the server's modes by their numbers.
// https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/storage/lockdefs.h
var lockModes = []string{
	"", "access share", "row share", "row exclusive", "share update exclusive", "share",
	"share row exclusive", "exclusive", "access exclusive",
}

func lockMode(n int32) string {
	if n < 0 || int(n) >= len(lockModes) {
		return ""
	}
	return lockModes[n]
}
