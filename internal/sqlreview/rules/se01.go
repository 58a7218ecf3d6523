package rules

import (
	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var se01 = sqlreview.Rule{
	ID:       "SE01",
	Title:    "SQL that is put together from values",
	Why:      "A value that holds SQL runs with the rights of the routine.",
	Dialects: postgres,
	Level:    sqlreview.Warning,
	Bad:      "DO $$ BEGIN EXECUTE 'DROP TABLE ' || name; END $$;",
	Good:     "DO $$ BEGIN EXECUTE format('DROP TABLE %I', name); END $$;",
	Check: func(p *sqlreview.Pass) {
		s := p.Statement
		switch {
		case s.CreateRoutine != nil && s.CreateRoutine.DynamicSQL:
			p.Report(ast.Position{}, "",
				"%s puts SQL together without quoting. Use format() with %%I and %%L, or USING.",
				s.CreateRoutine.Name)
		case s.Block != nil && s.Block.DynamicSQL:
			p.Report(ast.Position{}, "",
				"This block puts SQL together without quoting. Use format() with %%I and %%L, or USING.")
		}
	},
}
