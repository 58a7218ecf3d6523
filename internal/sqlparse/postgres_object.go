package sqlparse

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
)

// object maps what makes other things than tables and indexes.
func (m *postgresMapper) object(n *pg.Node) *ast.Statement {
	switch o := n.GetNode().(type) {
	case *pg.Node_ViewStmt:
		return &ast.Statement{CreateView: &ast.CreateView{
			Name:      relation(o.ViewStmt.GetView()),
			OrReplace: o.ViewStmt.GetReplace(),
			Temporary: o.ViewStmt.GetView().GetRelpersistence() == "t",
			Query:     m.query(o.ViewStmt.GetQuery()),
		}}
	case *pg.Node_CreateSchemaStmt:
		name := o.CreateSchemaStmt.GetSchemaname()
		if name == "" {
			name = role(o.CreateSchemaStmt.GetAuthrole())
		}
		return &ast.Statement{CreateSchema: &ast.CreateSchema{
			Name: name, IfNotExists: o.CreateSchemaStmt.GetIfNotExists(),
		}}
	case *pg.Node_CreatedbStmt:
		return &ast.Statement{CreateSchema: &ast.CreateSchema{
			Name: o.CreatedbStmt.GetDbname(), Database: true, Options: options(o.CreatedbStmt.GetOptions()),
		}}
	case *pg.Node_CreateSeqStmt:
		return &ast.Statement{CreateSequence: &ast.CreateSequence{
			Name: relation(o.CreateSeqStmt.GetSequence()), IfNotExists: o.CreateSeqStmt.GetIfNotExists(),
			Temporary: o.CreateSeqStmt.GetSequence().GetRelpersistence() == "t",
		}}
	case *pg.Node_CreateFunctionStmt:
		return &ast.Statement{CreateRoutine: m.routine(o.CreateFunctionStmt)}
	case *pg.Node_CreateTrigStmt:
		return &ast.Statement{CreateTrigger: &ast.CreateTrigger{
			Name:      ast.Name{Name: o.CreateTrigStmt.GetTrigname()},
			Table:     relation(o.CreateTrigStmt.GetRelation()),
			OrReplace: o.CreateTrigStmt.GetReplace(),
		}}
	case *pg.Node_DoStmt:
		return &ast.Statement{Block: block(o.DoStmt)}
	case *pg.Node_CallStmt:
		name := dotted(words(o.CallStmt.GetFunccall().GetFuncname()))
		return &ast.Statement{Block: &ast.Block{Call: &name}}
	}
	if typed := m.typeObject(n); typed != nil {
		return typed
	}
	if other := createOther(n); other != nil {
		return &ast.Statement{CreateOther: other}
	}
	return nil
}

// typeObject maps what makes and changes types and domains.
func (m *postgresMapper) typeObject(n *pg.Node) *ast.Statement {
	switch o := n.GetNode().(type) {
	case *pg.Node_CreateEnumStmt:
		return &ast.Statement{CreateType: &ast.CreateType{
			Name:   dotted(words(o.CreateEnumStmt.GetTypeName())),
			Enum:   true,
			Values: words(o.CreateEnumStmt.GetVals()),
		}}
	case *pg.Node_CompositeTypeStmt:
		return &ast.Statement{CreateType: &ast.CreateType{Name: relation(o.CompositeTypeStmt.GetTypevar())}}
	case *pg.Node_CreateRangeStmt:
		name := dotted(words(o.CreateRangeStmt.GetTypeName()))
		return &ast.Statement{CreateType: &ast.CreateType{Name: name}}
	case *pg.Node_AlterEnumStmt:
		return &ast.Statement{AlterEnum: alterEnum(o.AlterEnumStmt)}
	case *pg.Node_CreateDomainStmt:
		return &ast.Statement{CreateDomain: m.createDomain(o.CreateDomainStmt)}
	case *pg.Node_AlterDomainStmt:
		return &ast.Statement{AlterDomain: m.alterDomain(o.AlterDomainStmt)}
	case *pg.Node_DefineStmt:
		if o.DefineStmt.GetKind() == pg.ObjectType_OBJECT_TYPE {
			name := dotted(words(o.DefineStmt.GetDefnames()))
			return &ast.Statement{CreateType: &ast.CreateType{Name: name}}
		}
	}
	return nil
}

func alterEnum(d *pg.AlterEnumStmt) *ast.AlterEnum {
	e := &ast.AlterEnum{
		Name:        dotted(words(d.GetTypeName())),
		Value:       d.GetNewVal(),
		Placed:      d.GetNewValNeighbor() != "",
		IfNotExists: d.GetSkipIfNewValExists(),
	}
	if e.Before = d.GetNewValNeighbor(); d.GetNewValIsAfter() {
		e.Before, e.After = "", e.Before
	}
	if d.GetOldVal() != "" {
		e.Value, e.NewValue = d.GetOldVal(), d.GetNewVal()
	}
	return e
}

func (m *postgresMapper) createDomain(d *pg.CreateDomainStmt) *ast.CreateDomain {
	domain := &ast.CreateDomain{
		Name: dotted(words(d.GetDomainname())),
		Type: columnType(d.GetTypeName()),
	}
	for _, n := range d.GetConstraints() {
		switch c := n.GetConstraint(); c.GetContype() {
		case pg.ConstrType_CONSTR_NOTNULL:
			domain.NotNull = true
		case pg.ConstrType_CONSTR_CHECK:
			domain.Constraints = append(domain.Constraints, m.constraint(c, ""))
		}
	}
	return domain
}

func (m *postgresMapper) alterDomain(d *pg.AlterDomainStmt) *ast.AlterDomain {
	domain := &ast.AlterDomain{Name: dotted(words(d.GetTypeName()))}
	switch d.GetSubtype() {
	case "O":
		domain.SetNotNull = true
	case "C":
		c := m.constraint(d.GetDef().GetConstraint(), "")
		domain.Add = &c
	case "X":
		domain.Drop = d.GetName()
	case "V":
		domain.Validate = d.GetName()
	}
	return domain
}

// createOther maps what no rule looks into; nil for what is no CREATE.
func createOther(n *pg.Node) *ast.CreateOther {
	switch o := n.GetNode().(type) {
	case *pg.Node_CreateExtensionStmt:
		return &ast.CreateOther{
			Kind:        "extension",
			Name:        ast.Name{Name: o.CreateExtensionStmt.GetExtname()},
			IfNotExists: o.CreateExtensionStmt.GetIfNotExists(),
		}
	case *pg.Node_CreatePolicyStmt:
		on := relation(o.CreatePolicyStmt.GetTable())
		return &ast.CreateOther{
			Kind: "policy", Name: ast.Name{Name: o.CreatePolicyStmt.GetPolicyName()}, On: &on,
		}
	case *pg.Node_RuleStmt:
		on := relation(o.RuleStmt.GetRelation())
		return &ast.CreateOther{
			Kind: "rule", Name: ast.Name{Name: o.RuleStmt.GetRulename()}, On: &on,
			OrReplace: o.RuleStmt.GetReplace(),
		}
	case *pg.Node_CreateStatsStmt:
		return &ast.CreateOther{
			Kind: "statistics", Name: dotted(words(o.CreateStatsStmt.GetDefnames())),
			IfNotExists: o.CreateStatsStmt.GetIfNotExists(),
		}
	case *pg.Node_CreatePublicationStmt:
		return other("publication", o.CreatePublicationStmt.GetPubname())
	case *pg.Node_CreateSubscriptionStmt:
		return other("subscription", o.CreateSubscriptionStmt.GetSubname())
	case *pg.Node_CreateRoleStmt:
		return other("role", o.CreateRoleStmt.GetRole())
	case *pg.Node_CreateEventTrigStmt:
		return other("event trigger", o.CreateEventTrigStmt.GetTrigname())
	case *pg.Node_CreateTableSpaceStmt:
		return other("tablespace", o.CreateTableSpaceStmt.GetTablespacename())
	case *pg.Node_CreateForeignServerStmt:
		return other("server", o.CreateForeignServerStmt.GetServername())
	case *pg.Node_CreateFdwStmt:
		return other("foreign data wrapper", o.CreateFdwStmt.GetFdwname())
	case *pg.Node_CreatePlangStmt:
		return other("language", o.CreatePlangStmt.GetPlname())
	case *pg.Node_CreateAmStmt:
		return other("access method", o.CreateAmStmt.GetAmname())
	case *pg.Node_DefineStmt:
		return &ast.CreateOther{
			Kind: kind(o.DefineStmt.GetKind()), Name: dotted(words(o.DefineStmt.GetDefnames())),
			IfNotExists: o.DefineStmt.GetIfNotExists(), OrReplace: o.DefineStmt.GetReplace(),
		}
	}
	return nil
}

func other(kind, name string) *ast.CreateOther {
	return &ast.CreateOther{Kind: kind, Name: ast.Name{Name: name}}
}
