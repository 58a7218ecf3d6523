package rules

import (
	"iter"
	"slices"
	"strconv"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var cl22 = sqlreview.Rule{
	ID:       "CL22",
	Title:    "Auto-increment column near its end",
	Why:      "When the numbers are used up, each INSERT fails.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{Name: "percent", Default: "80", What: "the share of the numbers that may be used up, in percent"},
	},
	Bad:  "ALTER TABLE orders AUTO_INCREMENT = 2000000000; -- id is an int",
	Good: "ALTER TABLE orders MODIFY id bigint unsigned AUTO_INCREMENT;",
	Check: func(p *sqlreview.Pass) {
		check := func(at ast.Position, table ast.Name, value string, columns iter.Seq[schema.TableColumn]) {
			n, err := strconv.ParseUint(value, 10, 64)
			if err != nil {
				return
			}
			for c := range columns {
				if !c.AutoIncrement {
					continue
				}
				if end := highest(c.Type, c.Unsigned); end > 0 && n > end/100*uint64(p.Limit("percent")) {
					p.Report(at, "", "The column %s of %s ends at %d, and its next value is %d.",
						c.Name, table, end, n)
				}
			}
		}
		if s := p.Statement.CreateTable; s != nil {
			if value, ok := option(s.Options, "auto_increment"); ok {
				check(ast.Position{}, s.Name, value, func(yield func(schema.TableColumn) bool) {
					for _, c := range s.Columns {
						if !yield(schema.TableColumn{
							Name: c.Name, Type: c.Type.Name, Unsigned: c.Type.Unsigned,
							AutoIncrement: c.AutoIncrement,
						}) {
							return
						}
					}
				})
			}
		}
		for t, a := range actions(p, ast.AutoIncrementTo, ast.SetOptions) {
			value := a.Name
			if v, ok := option(a.Options, "auto_increment"); ok {
				value = v
			}
			check(a.Pos, t.Name, value, slices.Values(t.Columns))
		}
	},
}

// highest is the highest value of an integer type; 0 for another type.
func highest(name string, unsigned bool) uint64 {
	bits := map[string]int{"tinyint": 8, "smallint": 16, "mediumint": 24, "integer": 32, "bigint": 64}[name]
	if bits == 0 {
		return 0
	}
	if !unsigned {
		bits--
	}
	return 1<<bits - 1
}
