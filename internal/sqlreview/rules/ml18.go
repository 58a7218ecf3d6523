package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var ml18 = sqlreview.Rule{
	ID:       "ML18",
	Title:    "Column that begins or stops to take NULL",
	Why:      "The server builds the whole table again.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders MODIFY status varchar(20) NOT NULL;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			c := t.Column(p.Catalog, a.Name)
			if c == nil || a.Column == nil || c.NotNull == mandatory(*a.Column) || staysNotNull(p, t, a) {
				continue
			}
			if writersWait(p, t, !c.NotNull) {
				p.Report(a.Pos, "",
					"The whole table %s is copied for NULL in the column %s, and nobody writes it meanwhile.",
					t.Name, a.Name)
				continue
			}
			p.Report(a.Pos, "", "The whole table %s is built again for NULL in the column %s.",
				t.Name, a.Name)
		}
	},
}

// staysNotNull reports whether a column takes no NULL whatever its definition says.
func staysNotNull(p *sqlreview.Pass, t *sqlreview.Table, a ast.Action) bool {
	key := t.PrimaryKey()
	return a.Column.AutoIncrement || (key != nil && has(p, key.Columns, a.Name))
}

// writersWait reports whether a column cannot change its NULL while others write: MariaDB computes
// stored columns again when it looks for NULL.
func writersWait(p *sqlreview.Pass, t *sqlreview.Table, becomesNotNull bool) bool {
	stored := slices.ContainsFunc(t.Columns, func(c schema.TableColumn) bool {
		return c.Generated == string(ast.Stored)
	})
	return notInstant(p, t).blocks || (p.Server.MariaDB && becomesNotNull && stored)
}
