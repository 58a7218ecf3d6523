package rules

import (
	"slices"
	"strconv"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var pl16 = sqlreview.Rule{
	ID:    "PL16",
	Title: "Type or collation that rewrites the table",
	Why: "The server writes the whole table and its indexes again, and nobody reads or writes " +
		"it meanwhile.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ALTER COLUMN id TYPE bigint;",
	Good: `ALTER TABLE orders ADD COLUMN id_new bigint;
-- Fill it in batches, keep it up by a trigger, then swap the names.`,
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.SetType) {
			c := t.Column(p.Catalog, a.Name)
			if a.Type == nil ||
				(c != nil && a.Collation == "" && free(*c, *a.Type, a.Using, p.Server.Version)) {
				continue
			}
			p.Report(a.Pos, "",
				"The whole table %s is written again for the new type of the column %s, "+
					"and nobody reads or writes it meanwhile.", t.Name, a.Name)
		}
	},
}

// free reports whether PostgreSQL changes a column's type without writing the table again.
// https://www.postgresql.org/docs/current/sql-altertable.html
func free(from schema.TableColumn, to ast.Type, using *ast.Expr, _ sqlreview.Version) bool {
	if using != nil && !slices.Equal(using.Columns, []string{from.Name}) {
		return false
	}
	if using != nil && (len(using.Functions) > 0 || using.Text != from.Name) {
		return false
	}
	if from.Array != to.Array {
		return false
	}
	arg := func(args []string, i int) int {
		if i >= len(args) {
			return -1
		}
		n, err := strconv.Atoi(args[i])
		if err != nil {
			return -1
		}
		return n
	}
	length := func(n int) bool {
		return arg(to.Args, n) < 0 || (arg(from.Args, n) >= 0 && arg(to.Args, n) >= arg(from.Args, n))
	}
	switch from.Type + " " + to.Name {
	case "varchar varchar", "varbit varbit":
		return length(0)
	case "varchar text", "text text":
		return true
	case "text varchar":
		return len(to.Args) == 0
	case "numeric numeric":
		scale := func(args []string) int { return max(arg(args, 1), 0) }
		return len(to.Args) == 0 ||
			(len(from.Args) > 0 && arg(to.Args, 0) >= arg(from.Args, 0) && scale(to.Args) == scale(from.Args))
	case "timestamp timestamp", "timestamptz timestamptz", "time time", "timetz timetz", "interval interval":
		return length(0)
	case "cidr inet":
		return true
	}
	return from.Type == to.Name && slices.Equal(from.Args, to.Args)
}
