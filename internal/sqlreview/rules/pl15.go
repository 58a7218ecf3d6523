package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var pl15 = sqlreview.Rule{
	ID:       "PL15",
	Title:    "SET NOT NULL that reads the whole table",
	Why:      "The table takes neither reads nor writes while the server looks at all rows.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "ALTER TABLE orders ALTER COLUMN status SET NOT NULL;",
	Good: `ALTER TABLE orders ADD CONSTRAINT status_not_null CHECK (status IS NOT NULL) NOT VALID;
-- in a later file:
ALTER TABLE orders VALIDATE CONSTRAINT status_not_null;
ALTER TABLE orders ALTER COLUMN status SET NOT NULL;
ALTER TABLE orders DROP CONSTRAINT status_not_null;`,
	Check: func(p *sqlreview.Pass) {
		for t, a := range actions(p, ast.SetNotNull) {
			if c := t.Column(p.Catalog, a.Name); c != nil && c.NotNull {
				continue
			}
			if proven(t, a.Name) && !p.Server.Version.Before(12, 0, 0) {
				continue
			}
			p.Report(a.Pos, setNotNull(p, t.Name, a.Name),
				"The table %s takes neither reads nor writes while the server looks for "+
					"NULL in the column %s.", t.Name, a.Name)
		}
	},
}
