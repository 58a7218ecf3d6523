package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb18 = sqlreview.Rule{
	ID:    "TB18",
	Title: "Order of columns that wastes space",
	Why: "A column that begins at a multiple of its size leaves a gap behind a small one, in " +
		"each row.",
	Dialects: postgres,
	Level:    sqlreview.Info,
	Settings: []sqlreview.Setting{
		{Name: "bytes", Default: "8", What: "how many bytes in a row are worth a word"},
	},
	Bad:  "CREATE TABLE a (flag boolean, id bigint, ok boolean, at timestamptz);",
	Good: "CREATE TABLE a (id bigint, at timestamptz, flag boolean, ok boolean);",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.CreateTable
		if s == nil || s.PartitionOf != nil {
			return
		}
		var now, best int
		sorted := slices.Clone(s.Columns)
		slices.SortStableFunc(sorted, func(a, b ast.Column) int {
			return alignment(b.Type) - alignment(a.Type)
		})
		now, best = rowBytes(s.Columns), rowBytes(sorted)
		if now-best >= p.Limit("bytes") {
			order := make([]string, len(sorted))
			for i, c := range sorted {
				order[i] = c.Name
			}
			p.Report(ast.Position{}, "",
				"Each row of the table %s has %d bytes of gaps. In the order %s it has none of them.",
				s.Name, now-best, strings.Join(order, ", "))
		}
	},
}

// alignment is the multiple at which a column of fixed size begins; 1 for one of variable size.
// https://www.postgresql.org/docs/current/storage-page-layout.html
func alignment(t ast.Type) int {
	if t.Array {
		return 1
	}
	switch t.Name {
	case "bigint", "double precision", "timestamp", "timestamptz", "time", "money", "interval", "timetz":
		return 8
	case "integer", "real", "date", "oid":
		return 4
	case "smallint":
		return 2
	}
	return 1
}

// rowBytes is the size of the columns of fixed size with the gaps between them.
func rowBytes(columns []ast.Column) int {
	at := 0
	for _, c := range columns {
		size := alignment(c.Type)
		switch c.Type.Name {
		case "uuid", "interval":
			size = 16
		case "timetz":
			size = 12
		}
		gap := alignment(c.Type)
		at = (at + gap - 1) / gap * gap
		at += size
	}
	return at
}
