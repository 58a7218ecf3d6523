package sqlparse

import (
	"slices"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
)

// expr maps an expression. text is how it is written; nil for none.
func (m *postgresMapper) expr(n *pg.Node, text string) *ast.Expr {
	if n.GetNode() == nil {
		return nil
	}
	e := &ast.Expr{Text: text, Const: isConst(n), Null: isNull(n)}
	walk(n, func(n *pg.Node) bool {
		switch o := n.GetNode().(type) {
		case *pg.Node_ColumnRef:
			if names := words(o.ColumnRef.GetFields()); len(names) > 0 {
				e.Columns = addOnce(e.Columns, names[len(names)-1])
			}
		case *pg.Node_SubLink:
			e.Subquery = true
		}
		if name := function(n); name != "" {
			e.Functions = addOnce(e.Functions, name)
		}
		return true
	})
	return e
}

func addOnce(all []string, one string) []string {
	if slices.Contains(all, one) {
		return all
	}
	return append(all, one)
}

// isConst reports whether an expression is a literal, or an array of them, perhaps with a cast or a
// sign.
func isConst(n *pg.Node) bool {
	switch o := n.GetNode().(type) {
	case *pg.Node_AConst:
		return true
	case *pg.Node_TypeCast:
		return isConst(o.TypeCast.GetArg())
	case *pg.Node_CollateClause:
		return isConst(o.CollateClause.GetArg())
	case *pg.Node_AArrayExpr:
		return !slices.ContainsFunc(o.AArrayExpr.GetElements(), func(n *pg.Node) bool { return !isConst(n) })
	case *pg.Node_AExpr:
		sign := slices.Contains([]string{"-", "+"}, strings.Join(words(o.AExpr.GetName()), "."))
		return sign && o.AExpr.GetLexpr() == nil && isConst(o.AExpr.GetRexpr())
	}
	return false
}

// isNull reports whether an expression is NULL, perhaps with a cast.
func isNull(n *pg.Node) bool {
	switch o := n.GetNode().(type) {
	case *pg.Node_AConst:
		return o.AConst.GetIsnull()
	case *pg.Node_TypeCast:
		return isNull(o.TypeCast.GetArg())
	}
	return false
}

// function is the function that a node calls, "" for none.
func function(n *pg.Node) string {
	switch o := n.GetNode().(type) {
	case *pg.Node_FuncCall:
		parts := words(o.FuncCall.GetFuncname())
		if o.FuncCall.GetFuncformat() == pg.CoercionForm_COERCE_SQL_SYNTAX && len(parts) > 1 {
			parts = parts[1:] // the schema of EXTRACT and its like is the grammar's
		}
		return strings.ToLower(strings.Join(parts, "."))
	case *pg.Node_SqlvalueFunction:
		word := strings.TrimPrefix(o.SqlvalueFunction.GetOp().String(), "SVFOP_")
		return strings.ToLower(strings.TrimSuffix(word, "_N"))
	}
	return ""
}

// walk visits a node and what lies below it, while visit returns true.
func walk(n *pg.Node, visit func(*pg.Node) bool) {
	if n.GetNode() == nil || !visit(n) {
		return
	}
	for _, child := range children(n) {
		walk(child, visit)
	}
}

// place is where a node of an expression begins, or its operator; -1 where it does not say.
func nodePlace(n *pg.Node) int32 {
	switch o := n.GetNode().(type) {
	case *pg.Node_AConst:
		return o.AConst.GetLocation()
	case *pg.Node_ColumnRef:
		return o.ColumnRef.GetLocation()
	case *pg.Node_FuncCall:
		return o.FuncCall.GetLocation()
	case *pg.Node_AExpr:
		return o.AExpr.GetLocation()
	case *pg.Node_TypeCast:
		return o.TypeCast.GetLocation()
	case *pg.Node_SubLink:
		return o.SubLink.GetLocation()
	case *pg.Node_SqlvalueFunction:
		return o.SqlvalueFunction.GetLocation()
	case *pg.Node_BoolExpr:
		return o.BoolExpr.GetLocation()
	case *pg.Node_CaseExpr:
		return o.CaseExpr.GetLocation()
	case *pg.Node_CoalesceExpr:
		return o.CoalesceExpr.GetLocation()
	case *pg.Node_MinMaxExpr:
		return o.MinMaxExpr.GetLocation()
	case *pg.Node_RowExpr:
		return o.RowExpr.GetLocation()
	case *pg.Node_AArrayExpr:
		return o.AArrayExpr.GetLocation()
	case *pg.Node_ParamRef:
		return o.ParamRef.GetLocation()
	case *pg.Node_RangeVar:
		return o.RangeVar.GetLocation()
	}
	return -1
}

// firstPlace is the first place of what lies below a node, 0 where none says one.
func firstPlace(n *pg.Node) int32 {
	first := int32(-1)
	walk(n, func(n *pg.Node) bool {
		if at := nodePlace(n); at >= 0 && (first < 0 || at < first) {
			first = at
		}
		return true
	})
	return max(first, 0)
}
