package rules

import (
	"iter"
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var tb06 = sqlreview.Rule{
	ID:    "TB06",
	Title: "Storage engine",
	Why: "Other engines than InnoDB know no transactions: a failed file leaves half of itself " +
		"behind.",
	Dialects: mysql,
	Level:    sqlreview.Error,
	Settings: []sqlreview.Setting{
		{Name: "list", Default: "innodb", What: "the engines that are wanted"},
	},
	Bad:  "CREATE TABLE log (id int PRIMARY KEY) ENGINE = MyISAM;",
	Good: "CREATE TABLE log (id int PRIMARY KEY) ENGINE = InnoDB;",
	Check: func(p *sqlreview.Pass) {
		for table, o := range options(p) {
			if o.Name == "engine" && !slices.Contains(p.List("list"), strings.ToLower(o.Value)) {
				p.Report(ast.Position{}, "", "The table %s uses the engine %s. Use one of: %s.",
					table, o.Value, p.Setting("list"))
			}
		}
	},
}

// options yields the options that a statement gives to a table.
func options(p *sqlreview.Pass) iter.Seq2[ast.Name, ast.Option] {
	return func(yield func(ast.Name, ast.Option) bool) {
		if s := p.Statement.CreateTable; s != nil {
			for _, o := range s.Options {
				if !yield(s.Name, o) {
					return
				}
			}
		}
		if s := p.Statement.AlterTable; s != nil {
			for _, a := range s.Actions {
				for _, o := range a.Options {
					if !yield(s.Table, o) {
						return
					}
				}
			}
		}
		if s := p.Statement.CreateSchema; s != nil {
			for _, o := range s.Options {
				if !yield(ast.Name{Name: s.Name}, o) {
					return
				}
			}
		}
	}
}
