package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb04 = sqlreview.Rule{
	ID:       "TB04",
	Title:    "Table without a comment",
	Why:      "Whoever reads the schema later has the name alone.",
	Dialects: servers,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "length", Default: "200", What: "how many characters a comment may have"},
	},
	Bad: "CREATE TABLE orders (id int);",
	Good: `CREATE TABLE orders (id int);
COMMENT ON TABLE orders IS 'What customers have bought';`,
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateTable
		if s == nil || s.Temporary || s.PartitionOf != nil {
			return
		}
		text, _ := option(s.Options, "comment")
		for _, t := range p.File.Statements[p.Index:] {
			if t.Comment != nil && t.Comment.Kind == "table" && t.Comment.Name == s.Name {
				text = t.Comment.Text
			}
		}
		limit := p.Limit("length")
		switch {
		case text == "":
			p.Report(ast.Position{}, "", "Say in a comment what the table %s holds.", s.Name)
		case limit > 0 && len([]rune(text)) > limit:
			p.Report(ast.Position{}, "", "The comment of the table %s is longer than %d characters.",
				s.Name, limit)
		}
	},
}
