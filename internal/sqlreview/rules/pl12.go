package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl12 = sqlreview.Rule{
	ID:       "PL12",
	Title:    "CHECK without NOT VALID",
	Why:      "The server reads the whole table under a lock that keeps everybody out.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0);",
	Good: `ALTER TABLE orders ADD CONSTRAINT total_positive CHECK (total > 0) NOT VALID;
-- in a later file:
ALTER TABLE orders VALIDATE CONSTRAINT total_positive;`,
	Check: func(p *sqlreview.Pass) {
		if p.Statement.AlterTable == nil || p.Existing(p.Statement.AlterTable.Table) == nil {
			return
		}
		for k := range constraints(p) {
			if k.Kind != ast.Check || k.NotValid || k.NotEnforced {
				continue
			}
			p.Report(k.Pos, notValid(p, k),
				"The table %s takes neither reads nor writes while the server checks all of its rows.",
				k.table)
		}
	},
}

// notValid adds a constraint for new rows first, and checks the others in a later file.
func notValid(p *sqlreview.Pass, k constraining) string {
	name := k.Name
	if name == "" {
		suffix := "_check"
		if k.Kind == ast.ForeignKey {
			suffix = "_fkey"
		}
		name = strings.Join(append([]string{k.table.Name}, k.columns()...), "_") + suffix
	}
	body := ""
	switch {
	case k.Check != nil:
		body = "CHECK (" + k.Check.Text + ")"
	case k.References != nil:
		body = "FOREIGN KEY (" + quoted(p, k.columns()) + ") REFERENCES " + p.Name(k.References.Table)
		if len(k.References.Columns) > 0 {
			body += " (" + quoted(p, k.References.Columns) + ")"
		}
		if k.References.OnDelete != "" {
			body += " ON DELETE " + strings.ToUpper(k.References.OnDelete)
		}
		if k.References.OnUpdate != "" {
			body += " ON UPDATE " + strings.ToUpper(k.References.OnUpdate)
		}
	}
	return lines(
		"ALTER TABLE "+p.Name(k.table)+" ADD CONSTRAINT "+p.Quote(name)+" "+body+" NOT VALID;",
		"-- in a later file:",
		"ALTER TABLE "+p.Name(k.table)+" VALIDATE CONSTRAINT "+p.Quote(name)+";",
	)
}

// quoted joins the names of columns.
func quoted(p *sqlreview.Pass, columns []string) string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = p.Quote(c)
	}
	return strings.Join(all, ", ")
}
