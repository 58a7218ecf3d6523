package rules

import (
	"slices"

	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var ml08 = sqlreview.Rule{
	ID:       "ML08",
	Title:    "New FULLTEXT index",
	Why:      "The table takes no writes until the index is built.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE posts ADD FULLTEXT INDEX (body);",
	Check: func(p *sqlreview.Pass) {
		for table, i := range indexes(p) {
			t := p.Existing(table)
			switch {
			case i.Method != "fulltext" || t == nil:
			case firstText(p, t):
				p.Report(i.Pos, "",
					"The whole table %s is built again for its first full-text index, and nobody writes it "+
						"meanwhile.", table)
			default:
				p.Report(i.Pos, "", "The table %s takes no writes until the full-text index is built.", table)
			}
		}
	},
}

// firstText reports whether a table has neither a full-text index nor the column that the first one
// adds.
func firstText(p *sqlreview.Pass, t *sqlreview.Table) bool {
	return !t.Unknown && t.Column(p.Catalog, "FTS_DOC_ID") == nil &&
		!slices.ContainsFunc(t.Indexes, func(i schema.Index) bool { return i.Method == "fulltext" })
}
