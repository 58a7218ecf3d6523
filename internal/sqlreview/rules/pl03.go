package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl03 = sqlreview.Rule{
	ID:    "PL03",
	Title: "REINDEX without CONCURRENTLY",
	Why: "The table takes no writes, and queries no index of it, until all of it is built " +
		"again.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "REINDEX TABLE orders;",
	Good:     "REINDEX TABLE CONCURRENTLY orders;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Maintain
		if s == nil || s.Verb != "reindex" || s.Concurrently || s.Kind == "system" {
			return
		}
		fix := ""
		if s.Kind != "" {
			fix = with(p.Statement.Text, strings.ToUpper(s.Kind), "CONCURRENTLY")
		}
		name := s.Kind
		if len(s.Tables) > 0 {
			name += " " + s.Tables[0].String()
		}
		p.Report(ast.Position{}, fix,
			"Building the indexes of the %s again blocks writes until it has ended.", name)
	},
}
