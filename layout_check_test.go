package towpath_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

func checkFloors(t *testing.T, s source) {
	own, known := floors[house(s.pkg)]
	if !known {
		t.Errorf("%s: package %s has no floor; give it a line in the table of layout_test.go", s.file, s.pkg)
		return
	}
	if s.test {
		return
	}
	for _, i := range s.imports {
		if !below(i, "towpath") {
			if s.pkg == "towpath" && strings.Contains(strings.Split(i, "/")[0], ".") {
				t.Errorf("%s imports %s: what the product is depends on the standard library alone",
					s.file, i)
			}
			continue
		}
		if floor, known := floors[house(i)]; known && floor >= own && house(i) != house(s.pkg) {
			t.Errorf("%s imports %s: floor %d may import from lower floors only, and that is floor %d; "+
				"services of one floor reach each other by rows of the store, and what both need belongs below them", s.file, i, own, floor)
		}
	}
}

func checkNevers(t *testing.T, s source) {
	for _, i := range s.imports {
		if belowAny(i, suites) {
			if !s.forTests() {
				t.Errorf("%s imports %s: suites are for tests", s.file, i)
			}
			continue
		}
		for _, n := range nevers {
			hit := below(i, n.imports)
			if hit && !belowAny(s.pkg, n.except) && !(s.forTests() && n.except != nil) {
				t.Errorf("%s imports %s: %s", s.file, i, n.because)
			}
		}
	}
}

func checkPurity(t *testing.T, s source) {
	file := slices.Contains(pureFiles, s.file)
	if s.test || (!file && !slices.Contains(pure, s.pkg)) {
		return
	}
	for _, i := range s.imports {
		if belowAny(i, impure) || (file && (i == "context" || i == "towpath/internal/store")) {
			t.Errorf("%s imports %s: this package decides by its arguments alone; the I/O stands around it",
				s.file, i)
		}
	}
	if s.imported("time") {
		forSelectors(s.ast, "time", func(name string) {
			if slices.Contains([]string{
				"Now", "Since", "Until", "Sleep", "After", "Tick", "NewTimer",
				"NewTicker", "AfterFunc",
			}, name) {
				t.Errorf("%s uses time.%s: this package decides by its arguments alone; the time is one "+
					"of them", s.file, name)
			}
		})
	}
}

// checkSessions finds calls by name, since types are not known here: packages that import engines
// begin no auth session.
func checkSessions(t *testing.T, s source) {
	if s.forTests() || !s.imported("towpath/internal/engine") || below(s.pkg, "towpath/internal/engine") ||
		s.pkg == "towpath/internal/executor" {
		return
	}
	ast.Inspect(s.ast, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if f, ok := call.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Begin" {
				t.Errorf("%s calls Begin: the executor is the one door through which target databases are "+
					"changed", s.file)
			}
		}
		return true
	})
}

func checkEnvironment(t *testing.T, s source) {
	if s.forTests() || below(s.pkg, "towpath/cmd") || !s.imported("os") {
		return
	}
	forSelectors(s.ast, "os", func(name string) {
		if slices.Contains([]string{
			"Getenv", "LookupEnv", "Environ", "ExpandEnv", "Setenv", "Unsetenv",
			"Args",
		}, name) {
			t.Errorf("%s uses os.%s: only cmd reads the environment; everybody else has fields", s.file, name)
		}
	})
}

// forSelectors calls f with each name that is selected from pkg below n.
func forSelectors(n ast.Node, of string, f func(name string)) {
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == of {
				f(sel.Sel.Name)
			}
		}
		return true
	})
}

func checkNames(t *testing.T, s source) {
	banned := []string{
		"util", "utils", "common", "helper", "helpers", "model", "models", "mock", "mocks",
		"misc", "shared", "types",
	}
	if slices.Contains(banned, s.name) {
		t.Errorf("%s is in a package %s: a name that fits everything says nothing; name what lives there",
			s.file, s.name)
	}
}

func checkInit(t *testing.T, s source) {
	for _, d := range s.ast.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			t.Errorf("%s has an init: what happens at start is written in cmd, where one can read it", s.file)
		}
	}
}

func checkSkips(t *testing.T, s source) {
	ast.Inspect(s.ast, func(n ast.Node) bool {
		var params *ast.FieldList
		var body ast.Node
		switch f := n.(type) {
		case *ast.FuncDecl:
			if f.Body == nil {
				return true
			}
			params, body = f.Type.Params, f.Body
		case *ast.FuncLit:
			params, body = f.Type.Params, f.Body
		default:
			return true
		}
		for _, p := range params.List {
			if !isTesting(p.Type) {
				continue
			}
			for _, param := range p.Names {
				forSelectors(body, param.Name, func(name string) {
					if slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, name) {
						t.Errorf("%s uses %s.%s: a test that cannot run fails and says what is missing",
							s.file, param, name)
					}
				})
			}
		}
		return true
	})
}

// isTesting reports whether a parameter's type is *testing.T or its like.
func isTesting(e ast.Expr) bool {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	x, ok := sel.X.(*ast.Ident)
	return ok && x.Name == "testing"
}
