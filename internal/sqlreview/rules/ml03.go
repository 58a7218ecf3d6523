package rules

import (
	"slices"
	"strconv"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var ml03 = sqlreview.Rule{
	ID:       "ML03",
	Title:    "Column type that copies the table",
	Why:      "The server copies the whole table, and nobody writes it meanwhile.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders MODIFY id bigint;",
	Good:     "-- gh-ost or pt-online-schema-change for a large table",
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.ModifyColumn) {
			c := t.Column(p.Catalog, a.Name)
			if a.Column == nil || (c == nil && !t.Unknown) {
				continue
			}
			if c != nil && (!retyped(p, t, a) || inPlace(p, t, *c, a.Column.Type)) {
				continue
			}
			p.Report(a.Pos, "",
				"The whole table %s is copied for the type of the column %s, and nobody writes it meanwhile.",
				t.Name, a.Name)
		}
	},
}

// inPlace reports whether a column changes its type without a copy of the table.
// https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html
// https://mariadb.com/kb/en/innodb-online-ddl-operations-with-the-instant-alter-algorithm/
func inPlace(p *sqlreview.Pass, t *sqlreview.Table, from schema.TableColumn, to ast.Type) bool {
	if from.Type != to.Name || from.Unsigned != to.Unsigned {
		return false
	}
	switch from.Type {
	case "varchar", "varbinary":
		width := 1
		if from.Type == "varchar" {
			width = charBytes(columnCharset(t, from))
		}
		was, becomes := number(from.Args)*width, number(to.Args)*width
		// A length of up to 255 bytes takes one byte to store.
		small := func(bytes int) bool { return bytes <= 255 }
		// MariaDB stores one of up to 127 bytes in the same way whatever the column's is.
		shared := p.Server.MariaDB && was <= 127
		return becomes >= was && (small(was) == small(becomes) || shared)
	case "enum":
		return reordered(from.Values, to.Values, enumBytes) == ""
	case "set":
		return reordered(from.Values, to.Values, setBytes) == ""
	case "tinyint", "smallint", "mediumint", "integer", "bigint":
		return true // only the width of display differs
	}
	return slices.Equal(from.Args, to.Args)
}

// number is the first argument of a type.
func number(args []string) int {
	if len(args) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(args[0])
	return n
}
