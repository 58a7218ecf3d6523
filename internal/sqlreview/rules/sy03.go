package rules

import (
	"slices"
	"strings"

	"towpath/internal/ast"
	"towpath/internal/sqlreview"
)

var sy03 = sqlreview.Rule{
	ID:       "SY03",
	Title:    "Function that is not wanted",
	Why:      "Some functions read files, wait, or give another value on each replica.",
	Dialects: mysql,
	Level:    sqlreview.Warning,
	Settings: []sqlreview.Setting{
		{
			Name: "list", Default: "sleep,benchmark,load_file,get_lock",
			What: "the functions that are not wanted",
		},
	},
	Bad: "UPDATE a SET b = sleep(10);",
	Check: func(p *sqlreview.Pass) {
		list := p.List("list")
		if len(list) == 0 {
			return
		}
		for _, name := range calls(p) {
			if slices.Contains(list, strings.ToLower(name)) {
				p.Report(ast.Position{}, "", "The function %s is not wanted here.", name)
			}
		}
	},
}

// calls are the functions that a statement calls, each once.
func calls(p *sqlreview.Pass) (all []string) {
	for _, w := range wheres(p) {
		if w != nil {
			all = append(all, w.Functions...)
		}
	}
	if q := query(p); q != nil {
		all = append(all, q.Functions...)
	}
	if s := p.Statement.Update; s != nil {
		all = append(all, s.Functions...)
	}
	if s := p.Statement.Insert; s != nil {
		all = append(all, s.Functions...)
	}
	for _, c := range defined(p) {
		for _, e := range []*ast.Expr{c.Default, c.Generation} {
			if e != nil {
				all = append(all, e.Functions...)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}
