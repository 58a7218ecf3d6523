package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var sy07 = sqlreview.Rule{
	ID:       "SY07",
	Title:    "Length of a comment",
	Why:      "Tools cut a long comment.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "limit", Default: "500", What: "how many characters a comment may have"},
	},
	Bad: "-- COMMENT ON TABLE orders IS '… (more than 500 characters)'",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.Comment
		if limit := p.Limit("limit"); s != nil && limit > 0 && len([]rune(s.Text)) > limit {
			p.Report(ast.Position{}, "", "The comment of the %s %s has %d characters, more than %d.",
				s.Kind, s.Name, len([]rune(s.Text)), limit)
		}
	},
}
