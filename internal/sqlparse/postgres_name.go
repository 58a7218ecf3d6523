package sqlparse

import (
	"strconv"
	"strings"

	pg "github.com/pganalyze/pg_query_go/v6"

	"towpath/internal/ast"
)

// relation is the name of a table, a view or an index.
func relation(r *pg.RangeVar) ast.Name {
	return ast.Name{Catalog: r.GetCatalogname(), Schema: r.GetSchemaname(), Name: r.GetRelname()}
}

func relations(nodes []*pg.Node) (names []ast.Name) {
	for _, n := range nodes {
		names = append(names, relation(n.GetRangeVar()))
	}
	return names
}

// words are the strings of a list, and of nothing else in it.
func words(nodes []*pg.Node) (all []string) {
	for _, n := range nodes {
		if s, ok := n.GetNode().(*pg.Node_String_); ok {
			all = append(all, s.String_.GetSval())
		}
	}
	return all
}

// dotted is the name that parts with dots between them make.
func dotted(parts []string) (name ast.Name) {
	if n := len(parts); n > 0 {
		name.Name = parts[n-1]
		if n > 1 {
			name.Schema = parts[n-2]
		}
		if n > 2 {
			name.Catalog = strings.Join(parts[:n-2], ".")
		}
	}
	return name
}

// named is the name in any of the ways in which the parser writes one.
func named(n *pg.Node) ast.Name {
	switch o := n.GetNode().(type) {
	case *pg.Node_RangeVar:
		return relation(o.RangeVar)
	case *pg.Node_List:
		return dotted(words(o.List.GetItems()))
	case *pg.Node_ObjectWithArgs:
		return dotted(words(o.ObjectWithArgs.GetObjname()))
	case *pg.Node_TypeName:
		return dotted(words(o.TypeName.GetNames()))
	case *pg.Node_String_:
		return ast.Name{Name: o.String_.GetSval()}
	case *pg.Node_RoleSpec:
		return ast.Name{Name: role(o.RoleSpec)}
	case *pg.Node_AccessPriv:
		return ast.Name{Name: o.AccessPriv.GetPrivName()}
	}
	return ast.Name{}
}

// role is a role's name, or the word in its place.
func role(r *pg.RoleSpec) string {
	switch r.GetRoletype() {
	case pg.RoleSpecType_ROLESPEC_PUBLIC:
		return "public"
	case pg.RoleSpecType_ROLESPEC_CURRENT_ROLE:
		return "current_role"
	case pg.RoleSpecType_ROLESPEC_CURRENT_USER:
		return "current_user"
	case pg.RoleSpecType_ROLESPEC_SESSION_USER:
		return "session_user"
	}
	return r.GetRolename()
}

// kind is a kind of object in words: "materialized view".
func kind(o pg.ObjectType) string {
	switch o {
	case pg.ObjectType_OBJECT_MATVIEW:
		return "materialized view"
	case pg.ObjectType_OBJECT_TABCONSTRAINT, pg.ObjectType_OBJECT_DOMCONSTRAINT:
		return "constraint"
	case pg.ObjectType_OBJECT_TSCONFIGURATION:
		return "text search configuration"
	case pg.ObjectType_OBJECT_TSDICTIONARY:
		return "text search dictionary"
	case pg.ObjectType_OBJECT_TSPARSER:
		return "text search parser"
	case pg.ObjectType_OBJECT_TSTEMPLATE:
		return "text search template"
	case pg.ObjectType_OBJECT_STATISTIC_EXT:
		return "statistics"
	case pg.ObjectType_OBJECT_FDW:
		return "foreign data wrapper"
	case pg.ObjectType_OBJECT_FOREIGN_SERVER:
		return "server"
	case pg.ObjectType_OBJECT_OPCLASS:
		return "operator class"
	case pg.ObjectType_OBJECT_OPFAMILY:
		return "operator family"
	case pg.ObjectType_OBJECT_LARGEOBJECT:
		return "large object"
	}
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(o.String(), "OBJECT_"), "_", " "))
}

// options are those in WITH (…) and its like.
func options(nodes []*pg.Node) (all []ast.Option) {
	for _, n := range nodes {
		d := n.GetDefElem()
		name := d.GetDefname()
		if d.GetDefnamespace() != "" {
			name = d.GetDefnamespace() + "." + name
		}
		all = append(all, ast.Option{Name: strings.ToLower(name), Value: value(d.GetArg())})
	}
	return all
}

// option is the value of an option; there reports whether it is written.
func option(nodes []*pg.Node, name string) (v string, there bool) {
	for _, n := range nodes {
		if d := n.GetDefElem(); d.GetDefname() == name {
			return value(d.GetArg()), true
		}
	}
	return "", false
}

// switched reports whether an option is on: it is written without a value, or with one that is
// true.
func switched(nodes []*pg.Node, name string) bool {
	v, there := option(nodes, name)
	switch strings.ToLower(v) {
	case "false", "off", "0":
		return false
	}
	return there
}

// value is a setting as a text.
func value(n *pg.Node) string {
	switch v := n.GetNode().(type) {
	case *pg.Node_String_:
		return v.String_.GetSval()
	case *pg.Node_Integer:
		return strconv.Itoa(int(v.Integer.GetIval()))
	case *pg.Node_Float:
		return v.Float.GetFval()
	case *pg.Node_Boolean:
		return strconv.FormatBool(v.Boolean.GetBoolval())
	case *pg.Node_AConst:
		return constant(v.AConst)
	case *pg.Node_TypeCast:
		return value(v.TypeCast.GetArg())
	case *pg.Node_TypeName, *pg.Node_RoleSpec, *pg.Node_RangeVar:
		return named(n).String()
	case *pg.Node_ColumnRef:
		return strings.Join(words(v.ColumnRef.GetFields()), ".")
	case *pg.Node_List:
		parts := []string{}
		for _, item := range v.List.GetItems() {
			parts = append(parts, value(item))
		}
		return strings.Join(parts, ", ")
	}
	return ""
}

// constant is a literal as a text, without quotes.
func constant(c *pg.A_Const) string {
	switch v := c.GetVal().(type) {
	case *pg.A_Const_Ival:
		return strconv.Itoa(int(v.Ival.GetIval()))
	case *pg.A_Const_Fval:
		return v.Fval.GetFval()
	case *pg.A_Const_Boolval:
		return strconv.FormatBool(v.Boolval.GetBoolval())
	case *pg.A_Const_Sval:
		return v.Sval.GetSval()
	case *pg.A_Const_Bsval:
		return v.Bsval.GetBsval()
	}
	return "null"
}
