package rules

import (
	"regexp"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tx10 = sqlreview.Rule{
	ID:       "TX10",
	Title:    "Comment at the head of a file",
	Why:      "A team may want a word in each file, such as the number of a ticket.",
	Dialects: everywhere,
	Level:    sqlreview.Off,
	Strict:   sqlreview.Off,
	Settings: []sqlreview.Setting{
		{Name: "format", Default: ".+", What: "what the comments before the first statement must match"},
	},
	Bad: "CREATE TABLE a (id int);",
	Good: `-- SHOP-42: orders have notes
CREATE TABLE a (id int);`,
	End: func(p *sqlreview.Pass) {
		if want := p.Setting("format"); want != "" && !headMatches(p, want) {
			p.Report(ast.Position{}, "", "The comment at the head of the file must match %s.", want)
		}
	},
}

func headMatches(p *sqlreview.Pass, want string) bool {
	format, err := regexp.Compile(want)
	return err == nil && format.MatchString(p.File.Head)
}
