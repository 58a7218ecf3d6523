package sqlparse

import (
	pg "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// children are the nodes right below one, in the order of the text as far as the tree has it.
func children(n *pg.Node) []*pg.Node {
	switch o := n.GetNode().(type) {
	case *pg.Node_AConst, *pg.Node_ColumnRef, *pg.Node_String_, *pg.Node_RangeVar, *pg.Node_ParamRef,
		*pg.Node_AStar, *pg.Node_Integer, *pg.Node_TypeName, *pg.Node_SqlvalueFunction:
		return nil
	case *pg.Node_AExpr:
		return []*pg.Node{o.AExpr.GetLexpr(), o.AExpr.GetRexpr()}
	case *pg.Node_BoolExpr:
		return o.BoolExpr.GetArgs()
	case *pg.Node_FuncCall:
		return join(o.FuncCall.GetArgs(), o.FuncCall.GetAggOrder(), []*pg.Node{o.FuncCall.GetAggFilter()},
			o.FuncCall.GetOver().GetPartitionClause(), o.FuncCall.GetOver().GetOrderClause())
	case *pg.Node_TypeCast:
		return []*pg.Node{o.TypeCast.GetArg()}
	case *pg.Node_SubLink:
		return []*pg.Node{o.SubLink.GetTestexpr(), o.SubLink.GetSubselect()}
	case *pg.Node_NullTest:
		return []*pg.Node{o.NullTest.GetArg()}
	case *pg.Node_List:
		return o.List.GetItems()
	case *pg.Node_ResTarget:
		return []*pg.Node{o.ResTarget.GetVal()}
	case *pg.Node_SortBy:
		return []*pg.Node{o.SortBy.GetNode()}
	case *pg.Node_JoinExpr:
		return []*pg.Node{o.JoinExpr.GetLarg(), o.JoinExpr.GetRarg(), o.JoinExpr.GetQuals()}
	case *pg.Node_RangeSubselect:
		return []*pg.Node{o.RangeSubselect.GetSubquery()}
	case *pg.Node_CommonTableExpr:
		return []*pg.Node{o.CommonTableExpr.GetCtequery()}
	case *pg.Node_SelectStmt:
		return selectChildren(o.SelectStmt)
	}
	return otherChildren(n)
}

func selectChildren(s *pg.SelectStmt) []*pg.Node {
	all := join(s.GetWithClause().GetCtes(), []*pg.Node{selectNode(s.GetLarg()), selectNode(s.GetRarg())},
		s.GetTargetList(), s.GetFromClause(), []*pg.Node{s.GetWhereClause()}, s.GetGroupClause(),
		[]*pg.Node{s.GetHavingClause()}, s.GetWindowClause(), s.GetValuesLists(), s.GetSortClause(),
		[]*pg.Node{s.GetLimitOffset(), s.GetLimitCount()})
	return append(all, s.GetDistinctClause()...)
}

// selectNode makes a node of a SELECT; nil for none.
func selectNode(s *pg.SelectStmt) *pg.Node {
	if s == nil {
		return nil
	}
	return &pg.Node{Node: &pg.Node_SelectStmt{SelectStmt: s}}
}

func join(lists ...[]*pg.Node) (all []*pg.Node) {
	for _, list := range lists {
		for _, n := range list {
			if n.GetNode() != nil {
				all = append(all, n)
			}
		}
	}
	return all
}

// otherChildren finds nodes of any kind of node, in a time that common kinds should not take.
func otherChildren(n *pg.Node) (all []*pg.Node) {
	var look func(protoreflect.Message)
	visit := func(v protoreflect.Value) {
		switch o := v.Message().Interface().(type) {
		case *pg.Node:
			all = append(all, o)
		case *pg.SelectStmt:
			all = append(all, selectNode(o))
		case *pg.RangeVar:
			all = append(all, &pg.Node{Node: &pg.Node_RangeVar{RangeVar: o}})
		default:
			look(v.Message())
		}
	}
	look = func(message protoreflect.Message) {
		message.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
			switch {
			case f.Message() == nil:
			case f.IsList():
				for i := range v.List().Len() {
					visit(v.List().Get(i))
				}
			default:
				visit(v)
			}
			return true
		})
	}
	look(n.ProtoReflect())
	return all
}
