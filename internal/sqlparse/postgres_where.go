package sqlparse

import (
	"slices"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
)

// where maps conditions to one: the text of the first, and what is found in any. nil for none.
func (m *postgresMapper) where(conditions ...*pg.Node) *ast.Where {
	conditions = join(conditions)
	if len(conditions) == 0 {
		return nil
	}
	w := &ast.Where{Text: m.conditionText(conditions[0]), Always: always(conditions[0])}
	ors, longest := 0, 0
	seen := map[*pg.Node]bool{} // a condition of a subquery lies below another one
	for _, c := range conditions {
		walk(c, func(n *pg.Node) bool {
			if seen[n] {
				return false
			}
			seen[n] = true
			if name := function(n); name != "" {
				w.Functions = addOnce(w.Functions, name)
			}
			if b := n.GetBoolExpr(); b.GetBoolop() == pg.BoolExprType_OR_EXPR {
				ors += len(b.GetArgs()) - 1
			}
			if e := n.GetAExpr(); e != nil {
				m.compare(w, e)
				if e.GetKind() == pg.A_Expr_Kind_AEXPR_IN {
					longest = max(longest, len(e.GetRexpr().GetList().GetItems()))
				}
			}
			return true
		})
	}
	w.Operators = ors + longest
	return w
}

// compare looks at a comparison.
func (m *postgresMapper) compare(w *ast.Where, e *pg.A_Expr) {
	operator := strings.Join(words(e.GetName()), ".")
	switch e.GetKind() {
	case pg.A_Expr_Kind_AEXPR_OP, pg.A_Expr_Kind_AEXPR_OP_ANY, pg.A_Expr_Kind_AEXPR_OP_ALL:
		if !slices.Contains([]string{"=", "<>", "<", ">", "<=", ">=", "~~", "~~*"}, operator) {
			return
		}
		if (operator == "=" || operator == "<>") && (isNull(e.GetLexpr()) || isNull(e.GetRexpr())) {
			w.EqualNull = append(w.EqualNull, m.place(e.GetLocation()))
		}
	case pg.A_Expr_Kind_AEXPR_LIKE, pg.A_Expr_Kind_AEXPR_ILIKE:
		if text := value(e.GetRexpr()); strings.HasPrefix(text, "%") && isConst(e.GetRexpr()) {
			w.LeadingWildcard = append(w.LeadingWildcard, m.place(firstPlace(e.GetRexpr())))
		}
	}
	for _, side := range []*pg.Node{e.GetLexpr(), e.GetRexpr()} {
		w.Wrapped = wrapped(w.Wrapped, side)
	}
}

// wrapped adds the columns that are inside of a function or a calculation.
func wrapped(all []string, side *pg.Node) []string {
	switch side.GetNode().(type) {
	case *pg.Node_FuncCall, *pg.Node_TypeCast, *pg.Node_AExpr, *pg.Node_CoalesceExpr:
		walk(side, func(n *pg.Node) bool {
			if names := words(n.GetColumnRef().GetFields()); len(names) > 0 {
				all = addOnce(all, names[len(names)-1])
			}
			return n.GetSubLink() == nil
		})
	}
	return all
}

// always reports whether a condition is true whatever the row.
func always(n *pg.Node) bool {
	switch o := n.GetNode().(type) {
	case *pg.Node_AConst:
		return o.AConst.GetBoolval().GetBoolval()
	case *pg.Node_TypeCast:
		text := strings.ToLower(value(o.TypeCast.GetArg()))
		return columnType(o.TypeCast.GetTypeName()).Name == "boolean" &&
			slices.Contains([]string{"t", "true", "on", "yes", "1"}, text)
	case *pg.Node_BoolExpr:
		args := o.BoolExpr.GetArgs()
		switch o.BoolExpr.GetBoolop() {
		case pg.BoolExprType_OR_EXPR:
			return slices.ContainsFunc(args, always)
		case pg.BoolExprType_AND_EXPR:
			return !slices.ContainsFunc(args, func(n *pg.Node) bool { return !always(n) })
		}
	case *pg.Node_AExpr:
		left, right := o.AExpr.GetLexpr(), o.AExpr.GetRexpr()
		if left.GetAConst() == nil || right.GetAConst() == nil || isNull(left) || isNull(right) {
			return false
		}
		same := constant(left.GetAConst()) == constant(right.GetAConst())
		switch strings.Join(words(o.AExpr.GetName()), ".") {
		case "=":
			return same
		case "<>":
			return !same
		}
	}
	return false
}
