package rules

import (
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tx01 = sqlreview.Rule{
	ID:    "TX01",
	Title: "Transaction control in a file",
	Why: "Towpath runs each file in one transaction of its own. A COMMIT in the middle would " +
		"leave half of the file in the database when the other half fails.",
	Dialects: everywhere,
	Level:    sqlreview.Error,
	Bad: `CREATE TABLE a (id int);
COMMIT;
CREATE TABLE b (id int);`,
	Good: `CREATE TABLE a (id int);
CREATE TABLE b (id int);`,
	Check: func(p *sqlreview.Pass) {
		t := p.Statement.Transaction
		if t == nil || encloses(p) {
			return
		}
		switch t.Verb {
		case "begin", "commit", "rollback":
			p.Report(ast.Position{}, "", "Leave %s out: the file runs in one transaction as it is.",
				strings.ToUpper(t.Verb))
		}
	},
}

// encloses reports whether the statement is one of the pair around the whole file, which Towpath
// leaves out.
func encloses(p *sqlreview.Pass) bool {
	all := p.File.Statements
	first, last := all[0].Transaction, all[len(all)-1].Transaction
	return first != nil && last != nil && first.Verb == "begin" && last.Verb == "commit" &&
		(p.Index == 0 || p.Index == len(all)-1)
}
