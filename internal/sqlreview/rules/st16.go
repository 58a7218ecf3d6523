package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var st16 = sqlreview.Rule{
	ID:       "ST16",
	Title:    "Table of another database",
	Why:      "Towpath runs a file in one database. What it does in another one, no ledger knows.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Bad:      "UPDATE other.orders SET a = 1;",
	Good:     "UPDATE orders SET a = 1;",
	Check: func(p *sqlreview.Pass) {
		for _, name := range append(append(changed(p), written(p)...), read(p)...) {
			of := strings.ToLower(name.Schema)
			if of != "" && !slices.Contains(serverSchemas, of) {
				p.Report(ast.Position{}, "",
					"The table %s is in another database, or says which one. Leave %s out.",
					name, name.Schema)
				return
			}
		}
	},
}

// serverSchemas are the databases that every server has.
var serverSchemas = []string{"information_schema", "mysql", "performance_schema", "sys"}

func read(p *sqlreview.Pass) []ast.Name {
	if q := query(p); q != nil {
		return q.Tables
	}
	return nil
}
