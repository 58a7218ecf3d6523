package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ru04 = sqlreview.Rule{
	ID:       "RU04",
	Title:    "Pattern of your own",
	Why:      "What a team does not want, in words that its rules have none for.",
	Dialects: everywhere,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "pattern", Default: "", What: "a regular expression that no statement may match"},
		{Name: "message", Default: "This is not wanted here.", What: "what the finding says"},
	},
	Bad: `-- pattern: (?i)\bTABLESPACE\b`,
	Check: func(p *sqlreview.Pass) {
		pattern := p.Setting("pattern")
		if pattern == "" {
			return
		}
		if e, err := p.Regexp(pattern); err == nil && e.MatchString(p.Statement.Text) {
			p.Report(ast.Position{}, "", "%s", p.Setting("message"))
		}
	},
}
