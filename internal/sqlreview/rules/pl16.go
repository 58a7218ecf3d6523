package rules

import (
	"slices"
	"strconv"
	"strings"

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
			switch {
			case a.Type == nil || (c == nil && !t.Unknown):
			case c == nil || !(free(*c, *a.Type, a.Using) || inUTC(p, *c, *a.Type)):
				except := ""
				if c != nil && zoned(*c, *a.Type) && !p.Server.Version.Before(12, 0, 0) {
					except = " Where the session's time zone is UTC, it is not."
				}
				p.Report(a.Pos, "",
					"The whole table %s is written again for the new type of the column %s, "+
						"and nobody reads or writes it meanwhile.%s", t.Name, a.Name, except)
			case a.Collation != "" && a.Collation != c.Collation && indexed(p, t, a.Name):
				p.Report(a.Pos, "",
					"Each index of the table %s with the column %s is built again for the new collation, "+
						"and nobody reads or writes the table meanwhile.", t.Name, a.Name)
			case checks(t, a.Name) != "" && !rewrittenBeside(p, t):
				p.Report(a.Pos, "",
					"The whole table %s is read to check %s again for the new type of the column %s, "+
						"and nobody reads or writes it meanwhile.", t.Name, checks(t, a.Name), a.Name)
			}
		}
	},
}

// free reports whether PostgreSQL changes a column's type without writing the table again.
// https://www.postgresql.org/docs/current/sql-altertable.html
func free(from schema.TableColumn, to ast.Type, using *ast.Expr) bool {
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

// zoned reports whether a time gets a zone, or loses it.
func zoned(from schema.TableColumn, to ast.Type) bool {
	pair := []string{from.Type, to.Name}
	slices.Sort(pair)
	return slices.Equal(pair, []string{"timestamp", "timestamptz"})
}

// inUTC reports whether a time gets a zone, or loses it, in a session that the file has set to UTC,
// where the values stay as they are.
func inUTC(p *sqlreview.Pass, from schema.TableColumn, to ast.Type) bool {
	if !zoned(from, to) || p.Server.Version.Before(12, 0, 0) {
		return false
	}
	utc := false
	for _, t := range p.Earlier() {
		if t.Set != nil && (t.Set.Name == "timezone" || t.Set.Name == "time zone") {
			utc = strings.EqualFold(strings.Trim(t.Set.Value, "'"), "utc")
		}
	}
	return utc
}

// checks is the name of a check that reads a column and that all rows fit; "" where there is none.
func checks(t *sqlreview.Table, column string) string {
	for _, k := range t.Constraints {
		if k.Kind == string(ast.Check) && !k.NotValid && slices.Contains(k.Columns, column) {
			return k.Name
		}
	}
	return ""
}

// rewrittenBeside reports whether another action of the statement writes the table again, which checks
// its rows on the way.
func rewrittenBeside(p *sqlreview.Pass, t *sqlreview.Table) bool {
	for _, a := range actions(p, ast.SetType) {
		c := t.Column(p.Catalog, a.Name)
		if c != nil && a.Type != nil && !free(*c, *a.Type, a.Using) && !inUTC(p, *c, *a.Type) {
			return true
		}
	}
	return false
}
