package sqlparse

import (
	"strconv"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
)

// actionKinds are the kinds of actions that rules look into.
var actionKinds = map[pg.AlterTableType]ast.ActionKind{
	pg.AlterTableType_AT_AddColumn:          ast.AddColumn,
	pg.AlterTableType_AT_DropColumn:         ast.DropColumn,
	pg.AlterTableType_AT_AlterColumnType:    ast.SetType,
	pg.AlterTableType_AT_ColumnDefault:      ast.SetDefault,
	pg.AlterTableType_AT_SetNotNull:         ast.SetNotNull,
	pg.AlterTableType_AT_DropNotNull:        ast.DropNotNull,
	pg.AlterTableType_AT_AddIdentity:        ast.AddIdentity,
	pg.AlterTableType_AT_DropIdentity:       ast.DropIdentity,
	pg.AlterTableType_AT_SetExpression:      ast.SetExpression,
	pg.AlterTableType_AT_DropExpression:     ast.DropExpression,
	pg.AlterTableType_AT_AddConstraint:      ast.AddConstraint,
	pg.AlterTableType_AT_DropConstraint:     ast.DropConstraint,
	pg.AlterTableType_AT_ValidateConstraint: ast.ValidateConstraint,
	pg.AlterTableType_AT_AlterConstraint:    ast.AlterConstraint,
	pg.AlterTableType_AT_SetRelOptions:      ast.SetOptions,
	pg.AlterTableType_AT_SetLogged:          ast.SetLogged,
	pg.AlterTableType_AT_SetUnLogged:        ast.SetUnlogged,
	pg.AlterTableType_AT_SetAccessMethod:    ast.SetAccessMethod,
	pg.AlterTableType_AT_SetTableSpace:      ast.SetTablespace,
	pg.AlterTableType_AT_ReplicaIdentity:    ast.ReplicaIdentity,
	pg.AlterTableType_AT_ClusterOn:          ast.ClusterOn,
	pg.AlterTableType_AT_AttachPartition:    ast.AttachPartition,
	pg.AlterTableType_AT_DetachPartition:    ast.DetachPartition,
	pg.AlterTableType_AT_EnableTrig:         ast.EnableTrigger,
	pg.AlterTableType_AT_EnableAlwaysTrig:   ast.EnableTrigger,
	pg.AlterTableType_AT_EnableReplicaTrig:  ast.EnableTrigger,
	pg.AlterTableType_AT_EnableTrigAll:      ast.EnableTrigger,
	pg.AlterTableType_AT_EnableTrigUser:     ast.EnableTrigger,
	pg.AlterTableType_AT_DisableTrig:        ast.DisableTrigger,
	pg.AlterTableType_AT_DisableTrigAll:     ast.DisableTrigger,
	pg.AlterTableType_AT_DisableTrigUser:    ast.DisableTrigger,
	pg.AlterTableType_AT_EnableRowSecurity:  ast.EnableRLS,
	pg.AlterTableType_AT_DisableRowSecurity: ast.DisableRLS,
	pg.AlterTableType_AT_ChangeOwner:        ast.OwnerTo,
}

// detail fills in what an action of its kind has beside its name.
func (m *postgresMapper) detail(a *ast.Action, d *pg.AlterTableCmd, part int) {
	def := d.GetDef()
	switch a.Kind {
	case ast.AddColumn:
		column := m.column(def.GetColumnDef())
		a.Column, a.Name = &column, ""
		a.IfExists, a.IfNotExists = false, d.GetMissingOk()
	case ast.SetType:
		m.setType(a, def.GetColumnDef(), part)
	case ast.SetDefault:
		if def == nil {
			a.Kind = ast.DropDefault
			return
		}
		a.Default = m.expr(def, m.partText(part, "DEFAULT"))
	case ast.SetExpression:
		a.Default = m.expr(def, m.innerText(part, "AS"))
	case ast.AddConstraint:
		c := m.constraint(def.GetConstraint(), "")
		a.Constraint = &c
	case ast.AlterConstraint:
		c := def.GetConstraint()
		a.Name = c.GetConname()
		a.Options = []ast.Option{{Name: "deferrable", Value: strconv.FormatBool(c.GetDeferrable())}}
	case ast.SetOptions:
		a.Options = options(def.GetList().GetItems())
	case ast.ReplicaIdentity:
		a.Name = replicaIdentity(def.GetReplicaIdentityStmt())
	case ast.AttachPartition, ast.DetachPartition:
		p := def.GetPartitionCmd()
		name := relation(p.GetName())
		a.NewSchema, a.NewName, a.Concurrently = name.Schema, name.Name, p.GetConcurrent()
	case ast.SetAccessMethod, ast.SetTablespace:
		a.Name, a.NewName = "", d.GetName()
	case ast.OwnerTo:
		a.NewName = role(d.GetNewowner())
	case ast.EnableTrigger, ast.DisableTrigger:
		a.Name = triggers(d)
	}
}

func (m *postgresMapper) setType(a *ast.Action, d *pg.ColumnDef, part int) {
	typ := columnType(d.GetTypeName())
	a.Type = &typ
	a.Collation = dotted(words(d.GetCollClause().GetCollname())).String()
	if d.GetRawDefault() != nil {
		a.Using = m.expr(d.GetRawDefault(), m.partText(part, "USING"))
	}
}

func replicaIdentity(d *pg.ReplicaIdentityStmt) string {
	switch d.GetIdentityType() {
	case "f":
		return "full"
	case "n":
		return "nothing"
	case "i":
		return "index"
	}
	return "default"
}

// triggers are those that an action switches: a name, all or user.
func triggers(d *pg.AlterTableCmd) string {
	switch d.GetSubtype() {
	case pg.AlterTableType_AT_EnableTrigAll, pg.AlterTableType_AT_DisableTrigAll:
		return "all"
	case pg.AlterTableType_AT_EnableTrigUser, pg.AlterTableType_AT_DisableTrigUser:
		return "user"
	}
	return d.GetName()
}
