package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ru06 = sqlreview.Rule{
	ID:    "RU06",
	Title: "Levels that do not count",
	Why: "A towpath.yaml that cannot be read, or that names an environment or a rule that is not" +
		" there, sets no level at all: those of the environments count alone.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad: `-- towpath.yaml
review:
  environments:
    prdo:
      preset: strict`,
	End: func(p *sqlreview.Pass) {
		if wrong := p.File.Levels; wrong.Message != "" {
			p.Report(ast.Position{Line: wrong.Pos.Line, Column: 1}, "",
				"The levels of this file do not count: %s", wrong.Message)
		}
	},
}
