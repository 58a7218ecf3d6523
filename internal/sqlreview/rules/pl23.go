package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl23 = sqlreview.Rule{
	ID:    "PL23",
	Title: "Trigger on a table that exists",
	Why: "The statement waits for all writers and keeps new ones out, and from then on each " +
		"write does more.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "CREATE TRIGGER log AFTER INSERT ON orders FOR EACH ROW EXECUTE FUNCTION log();",
	Check: func(p *sqlreview.Pass) {
		if s := p.Statement.CreateTrigger; s != nil && p.Existing(s.Table) != nil {
			p.Report(ast.Position{}, "", "Adding the trigger %s keeps writers of the table %s waiting.",
				s.Name.Name, s.Table)
		}
	},
}
