package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var ml10 = sqlreview.Rule{
	ID:    "ML10",
	Title: "Character set of a table",
	Why: "CONVERT TO copies the whole table; without it, columns that are there keep their old" +
		" character set.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders CONVERT TO CHARACTER SET utf8mb4;",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ConvertCharset, ast.SetOptions) {
			charset, _ := option(a.Options, "charset")
			collation, _ := option(a.Options, "collate")
			to := charsetOf(charset, collation)
			switch {
			case to == "":
			case a.Kind == ast.ConvertCharset:
				if converts(p, t, to, collation) {
					p.Report(a.Pos, "", "The whole table %s is copied to %s, and nobody writes it meanwhile.",
						t.Name, to)
				}
			case tableCharset(t) != to && !wordless(t):
				p.Report(a.Pos, "ALTER TABLE "+p.Name(t.Name)+" CONVERT TO CHARACTER SET "+to+";",
					"The table %s gets %s for new columns. "+
						"Its columns keep their character set until CONVERT TO copies the table.",
					t.Name, to)
			}
		}
	},
}

// converts reports whether a conversion of a table writes the values of a column again.
func converts(p *sqlreview.Pass, t *sqlreview.Table, to, collation string) bool {
	if t.Unknown {
		return true
	}
	return slices.ContainsFunc(t.Columns, func(c schema.TableColumn) bool {
		if dropsColumn(p, p.Statement.AlterTable, c.Name) || !slices.Contains(textTypes, c.Type) {
			return false
		}
		sorted := !p.Server.MariaDB && resorted(t, c, to, strings.ToLower(collation))
		return sorted || recoded(p, t, c, to) || outgrows(t, c, to)
	})
}

// outgrows reports whether a text becomes one of the next size, so that it holds as many characters.
func outgrows(t *sqlreview.Table, c schema.TableColumn, to string) bool {
	return slices.Contains([]string{"tinytext", "text", "mediumtext"}, c.Type) &&
		charBytes(to) > charBytes(columnCharset(t, c))
}

// wordless reports whether no column of a table has a character set.
func wordless(t *sqlreview.Table) bool {
	return !t.Unknown && !slices.ContainsFunc(t.Columns, func(c schema.TableColumn) bool {
		return slices.Contains(textTypes, c.Type)
	})
}
