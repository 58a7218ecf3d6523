package rules

import (
	"towpath/internal/sqlreview"
)

var cl04 = sqlreview.Rule{
	ID:       "CL04",
	Title:    "Column without a comment",
	Why:      "A person who reads the schema later has the name alone.",
	Dialects: servers,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "length", Default: "200", What: "how many characters a comment may have"},
	},
	Bad: "CREATE TABLE orders (id int PRIMARY KEY);",
	Good: `CREATE TABLE orders (id int PRIMARY KEY);
COMMENT ON COLUMN orders.id IS 'Number of the order';`,
	Check: func(p *sqlreview.Pass) {
		limit := p.Limit("length")
		for table, c := range defined(p) {
			text := c.Comment
			for _, t := range p.File.Statements[p.Index:] {
				if t.Comment != nil && t.Comment.Kind == "column" && t.Comment.Name == table &&
					t.Comment.Column == c.Name {
					text = t.Comment.Text
				}
			}
			switch {
			case text == "":
				p.Report(c.Pos, "", "Say in a comment what the column %s of %s holds.", c.Name, table)
			case limit > 0 && len([]rune(text)) > limit:
				p.Report(c.Pos, "", "The comment of the column %s of %s is longer than %d characters.",
					c.Name, table, limit)
			}
		}
	},
}
