package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var sy06 = sqlreview.Rule{
	ID:       "SY06",
	Title:    "Definer",
	Why:      "The object runs with the rights of its definer, and fails when that user is gone.",
	Dialects: mysql,
	Level:    sqlreview.Error,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "", What: "the definers that are wanted, as user@host"},
	},
	Bad:  "CREATE DEFINER = root@localhost VIEW v AS SELECT 1;",
	Good: "CREATE SQL SECURITY INVOKER VIEW v AS SELECT 1;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement
		definer, name := "", ""
		switch {
		case s.CreateView != nil:
			definer, name = s.CreateView.Definer, s.CreateView.Name.String()
		case s.CreateRoutine != nil:
			definer, name = s.CreateRoutine.Definer, s.CreateRoutine.Name.String()
		case s.CreateTrigger != nil:
			definer, name = s.CreateTrigger.Definer, s.CreateTrigger.Name.String()
		case s.CreateEvent != nil:
			definer, name = s.CreateEvent.Definer, s.CreateEvent.Name.String()
		}
		plain := strings.ToLower(strings.NewReplacer("`", "", "'", "", `"`, "", " ", "").Replace(definer))
		if plain != "" && plain != "current_user" && plain != "current_user()" &&
			!slices.Contains(p.List("list"), plain) {
			p.Report(ast.Position{}, "",
				"%s runs with the rights of %s. Leave DEFINER out, or allow that user.", name, definer)
		}
	},
}
