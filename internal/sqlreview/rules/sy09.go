package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var sy09 = sqlreview.Rule{
	ID:       "SY09",
	Title:    "Owner that is another role",
	Why:      "The role that runs the next change may not change the object any more.",
	Dialects: postgres,
	Level:    sqlreview.Error,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "", What: "the roles that may own objects"},
	},
	Bad: "ALTER TABLE orders OWNER TO somebody;",
	Check: func(p *sqlreview.Pass) {
		list := p.List("list")
		report := func(at ast.Position, name, role string) {
			role = strings.ToLower(role)
			if role != "current_user" && role != "current_role" && role != "session_user" &&
				!slices.Contains(list, role) {
				p.Report(at, "",
					"%s belongs to %s from now on, and the role that runs changes may not change it.",
					name, role)
			}
		}
		if s := p.Statement.Owner; s != nil {
			report(ast.Position{}, s.Name.String(), s.Role)
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				if a.Kind == ast.OwnerTo {
					report(a.Pos, s.Table.String(), a.NewName)
				}
			}
		}
	},
}
