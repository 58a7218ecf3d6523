package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var ml22 = sqlreview.Rule{
	ID:    "ML22",
	Title: "ALTER without LOCK, or with a strong one",
	Why: "Without the word the server may keep writers out in silence; with it the statement " +
		"fails at once instead.",
	Dialects: mysql,
	Level:    sqlreview.Info,
	Strict:   sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD COLUMN note text;",
	Good:     "ALTER TABLE orders ADD COLUMN note text, LOCK=NONE;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement.AlterTable
		if s == nil || p.Existing(s.Table) == nil || !rebuilds(s) {
			return
		}
		value, ok := option(s.Options, "lock")
		switch {
		case !ok || strings.EqualFold(value, "default"):
			p.Report(ast.Position{}, strings.TrimSuffix(p.Statement.Text, ";")+", LOCK=NONE;",
				"Say LOCK, so that the server refuses to keep writers of the table %s out in silence.",
				s.Table)
		case slices.Contains([]string{"shared", "exclusive"}, strings.ToLower(value)):
			p.Report(ast.Position{}, "",
				"This lock keeps writers of the table %s out until the statement has ended.", s.Table)
		}
	},
}
