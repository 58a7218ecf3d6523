package rules

import (
	"slices"

	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlreview"
)

var pl34 = sqlreview.Rule{
	ID:       "PL34",
	Title:    "ATTACH PARTITION that reads the whole table",
	Why:      "Nobody reads or writes the table while the server looks whether its rows belong there.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM (2024) TO (2025);",
	Good: `ALTER TABLE events_2024 ADD CONSTRAINT in_2024 CHECK (year >= 2024 AND year < 2025) NOT VALID;
-- in a later file:
ALTER TABLE events_2024 VALIDATE CONSTRAINT in_2024;
ALTER TABLE events ATTACH PARTITION events_2024 FOR VALUES FROM (2024) TO (2025);`,
	Check: func(p *sqlreview.Pass) {
		for _, a := range actions(p, ast.AttachPartition) {
			part := p.Existing(ast.Name{Schema: a.NewSchema, Name: a.NewName})
			// which may say that they do
			checked := part != nil && slices.ContainsFunc(part.Constraints, func(k schema.Constraint) bool {
				return k.Kind == string(ast.Check) && !k.NotValid
			})
			if part != nil && !checked {
				p.Report(a.Pos, "",
					"The whole table %s is read before it becomes a partition, and nobody reads or writes it meanwhile.",
					part.Name)
			}
		}
	},
}
