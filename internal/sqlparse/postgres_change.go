package sqlparse

import (
	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
)

// change maps what removes, renames and describes things, and gives rights to them.
func (m *postgresMapper) change(n *pg.Node) *ast.Statement {
	switch o := n.GetNode().(type) {
	case *pg.Node_DropStmt:
		return &ast.Statement{Drop: drop(o.DropStmt)}
	case *pg.Node_DropdbStmt:
		return dropOne("database", o.DropdbStmt.GetMissingOk(), o.DropdbStmt.GetDbname())
	case *pg.Node_DropTableSpaceStmt:
		return dropOne("tablespace", o.DropTableSpaceStmt.GetMissingOk(),
			o.DropTableSpaceStmt.GetTablespacename())
	case *pg.Node_DropSubscriptionStmt:
		return dropOne("subscription", o.DropSubscriptionStmt.GetMissingOk(),
			o.DropSubscriptionStmt.GetSubname())
	case *pg.Node_DropRoleStmt:
		d := &ast.Drop{Kind: "role", IfExists: o.DropRoleStmt.GetMissingOk()}
		for _, r := range o.DropRoleStmt.GetRoles() {
			d.Names = append(d.Names, named(r))
		}
		return &ast.Statement{Drop: d}
	case *pg.Node_RenameStmt:
		return m.rename(o.RenameStmt)
	case *pg.Node_AlterObjectSchemaStmt:
		return m.setSchema(o.AlterObjectSchemaStmt)
	case *pg.Node_AlterOwnerStmt:
		name := named(o.AlterOwnerStmt.GetObject())
		if r := o.AlterOwnerStmt.GetRelation(); r != nil {
			name = relation(r)
		}
		return &ast.Statement{Owner: &ast.Owner{
			Kind: kind(o.AlterOwnerStmt.GetObjectType()), Name: name,
			Role: role(o.AlterOwnerStmt.GetNewowner()),
		}}
	case *pg.Node_TruncateStmt:
		return &ast.Statement{Truncate: &ast.Truncate{
			Tables:  relations(o.TruncateStmt.GetRelations()),
			Cascade: o.TruncateStmt.GetBehavior() == pg.DropBehavior_DROP_CASCADE,
		}}
	case *pg.Node_CommentStmt:
		return &ast.Statement{Comment: comment(o.CommentStmt)}
	case *pg.Node_GrantStmt:
		if o.GrantStmt.GetTargtype() != pg.GrantTargetType_ACL_TARGET_DEFAULTS {
			return &ast.Statement{Grant: grant(o.GrantStmt)}
		}
	case *pg.Node_GrantRoleStmt:
		return &ast.Statement{Grant: &ast.Grant{
			Revoke:     !o.GrantRoleStmt.GetIsGrant(),
			Rights:     names(o.GrantRoleStmt.GetGrantedRoles()),
			To:         names(o.GrantRoleStmt.GetGranteeRoles()),
			WithOption: switched(o.GrantRoleStmt.GetOpt(), "admin"),
		}}
	}
	return nil
}

func names(nodes []*pg.Node) (all []string) {
	for _, n := range nodes {
		all = append(all, named(n).Name)
	}
	return all
}

func dropOne(kind string, missingOK bool, name string) *ast.Statement {
	return &ast.Statement{Drop: &ast.Drop{Kind: kind, Names: []ast.Name{{Name: name}}, IfExists: missingOK}}
}

func drop(d *pg.DropStmt) *ast.Drop {
	out := &ast.Drop{
		Kind:         kind(d.GetRemoveType()),
		IfExists:     d.GetMissingOk(),
		Cascade:      d.GetBehavior() == pg.DropBehavior_DROP_CASCADE,
		Concurrently: d.GetConcurrent(),
	}
	for _, n := range d.GetObjects() {
		switch d.GetRemoveType() {
		case pg.ObjectType_OBJECT_TRIGGER, pg.ObjectType_OBJECT_RULE, pg.ObjectType_OBJECT_POLICY:
			table, name := onTable(n)
			out.On, out.Names = &table, append(out.Names, ast.Name{Name: name})
		default:
			out.Names = append(out.Names, named(n))
		}
	}
	return out
}

// onTable cuts a list of a table's name and of something's at it.
func onTable(n *pg.Node) (table ast.Name, name string) {
	parts := words(n.GetList().GetItems())
	if len(parts) == 0 {
		return table, ""
	}
	return dotted(parts[:len(parts)-1]), parts[len(parts)-1]
}

// rename maps ALTER … RENAME. That of a table and of what belongs to it is an action of ALTER TABLE.
func (m *postgresMapper) rename(d *pg.RenameStmt) *ast.Statement {
	name := relation(d.GetRelation())
	a := ast.Action{Name: d.GetSubname(), NewName: d.GetNewname()}
	switch d.GetRenameType() {
	case pg.ObjectType_OBJECT_COLUMN:
		a.Kind = ast.RenameColumn
	case pg.ObjectType_OBJECT_TABCONSTRAINT:
		a.Kind = ast.RenameConstraint
	case pg.ObjectType_OBJECT_TABLE:
		a.Kind = ast.RenameTable
	default:
		return renameOther(d)
	}
	t := m.alterOne(d.GetRelation(), a, d.GetMissingOk())
	if d.GetRenameType() == pg.ObjectType_OBJECT_COLUMN && d.GetRelationType() != pg.ObjectType_OBJECT_TABLE {
		t.Kind = kind(d.GetRelationType())
	}
	t.Table = name
	return &ast.Statement{AlterTable: t}
}

// alterOne is an ALTER TABLE of one action.
func (m *postgresMapper) alterOne(table *pg.RangeVar, a ast.Action, missingOK bool) *ast.AlterTable {
	if parts := m.actionTokens(table.GetLocation()); len(parts) > 0 {
		a.Pos = m.place(int32(m.tokens()[parts[0]].from)) //nolint:gosec // a statement has at most a MiB
	}
	return &ast.AlterTable{
		Table:    relation(table),
		IfExists: missingOK,
		Only:     !table.GetInh(),
		Actions:  []ast.Action{a},
	}
}

func renameOther(d *pg.RenameStmt) *ast.Statement {
	from, to := named(d.GetObject()), ast.Name{Name: d.GetNewname()}
	switch d.GetRenameType() {
	case pg.ObjectType_OBJECT_ATTRIBUTE, pg.ObjectType_OBJECT_DOMCONSTRAINT:
		return nil
	case pg.ObjectType_OBJECT_TRIGGER, pg.ObjectType_OBJECT_RULE, pg.ObjectType_OBJECT_POLICY:
		from = ast.Name{Name: d.GetSubname()}
	default:
		switch {
		case d.GetRelation() != nil:
			from = relation(d.GetRelation())
		case d.GetSubname() != "":
			from = ast.Name{Name: d.GetSubname()}
		}
		to.Schema = from.Schema
	}
	return &ast.Statement{Rename: &ast.Rename{
		Kind: kind(d.GetRenameType()), Pairs: []ast.Naming{{From: from, To: to}},
	}}
}

// setSchema maps ALTER … SET SCHEMA.
func (m *postgresMapper) setSchema(d *pg.AlterObjectSchemaStmt) *ast.Statement {
	if r := d.GetRelation(); r != nil {
		t := m.alterOne(r, ast.Action{Kind: ast.SetSchema, NewSchema: d.GetNewschema()}, d.GetMissingOk())
		if d.GetObjectType() != pg.ObjectType_OBJECT_TABLE {
			t.Kind = kind(d.GetObjectType())
		}
		return &ast.Statement{AlterTable: t}
	}
	from := named(d.GetObject())
	return &ast.Statement{Rename: &ast.Rename{
		Kind:  kind(d.GetObjectType()),
		Pairs: []ast.Naming{{From: from, To: ast.Name{Schema: d.GetNewschema(), Name: from.Name}}},
	}}
}

func comment(d *pg.CommentStmt) *ast.Comment {
	c := &ast.Comment{Kind: kind(d.GetObjtype()), Name: named(d.GetObject()), Text: d.GetComment()}
	switch d.GetObjtype() {
	case pg.ObjectType_OBJECT_COLUMN:
		c.Name, c.Column = onTable(d.GetObject())
	case pg.ObjectType_OBJECT_TABCONSTRAINT, pg.ObjectType_OBJECT_TRIGGER, pg.ObjectType_OBJECT_RULE,
		pg.ObjectType_OBJECT_POLICY:
		_, name := onTable(d.GetObject())
		c.Name = ast.Name{Name: name}
	}
	return c
}

func grant(d *pg.GrantStmt) *ast.Grant {
	g := &ast.Grant{
		Revoke:     !d.GetIsGrant(),
		Rights:     names(d.GetPrivileges()),
		To:         names(d.GetGrantees()),
		WithOption: d.GetGrantOption(),
	}
	for i, right := range g.Rights {
		if right == "" {
			g.Rights[i] = "all" // of columns
		}
	}
	if len(g.Rights) == 0 {
		g.Rights = []string{"all"}
	}
	for _, n := range d.GetObjects() {
		g.On = append(g.On, named(n))
	}
	return g
}
