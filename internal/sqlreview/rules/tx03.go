package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tx03 = sqlreview.Rule{
	ID:       "TX03",
	Title:    "Statement that does not run in a transaction beside others",
	Why:      "The file runs statement by statement then: when one fails, those before it stay.",
	Dialects: servers,
	Level:    sqlreview.Error,
	Bad: `CREATE INDEX CONCURRENTLY i ON orders (status);
ALTER TABLE orders ADD COLUMN note text;`,
	Good: "-- one file for each of the two",
	Check: func(p *sqlreview.Pass) {
		if !p.Statement.NoTx || len(p.File.Statements) < 2 || p.File.NoTransaction ||
			(p.Server.Dialect == sqlreview.MySQL && (ordinary(p) || said(p))) {
			return
		}
		p.Report(ast.Position{}, "",
			"%s does not run in a transaction. Put it into a file of its own, "+
				"so that a failure leaves nothing half done.", verb(p.Statement))
	},
}

// ordinary reports whether a file of MySQL has statements of one kind alone: all commit by
// themselves, or none does.
func ordinary(p *sqlreview.Pass) bool {
	return !slices.ContainsFunc(p.File.Statements, func(t sqlreview.Text) bool {
		return !t.NoTx && t.Set == nil
	})
}

// said reports whether an earlier statement of the file has the finding, which is about the file.
func said(p *sqlreview.Pass) bool {
	return slices.ContainsFunc(p.Earlier(), func(t sqlreview.Text) bool { return t.NoTx })
}

// verb is the leading words of a statement.
func verb(t *sqlreview.Text) string {
	words := strings.Fields(t.Text)
	return strings.ToUpper(strings.Join(words[:min(2, len(words))], " "))
}
