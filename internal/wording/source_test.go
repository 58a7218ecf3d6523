package wording_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"towpath"
)

// Every call of towpath.Why and Actor.Did in the product gives the params that the constant's
// comment names, no more and no fewer. Events have the kinds of the closed set.
func TestProduct_givesTheParamsOfEachConstant(t *testing.T) {
	t.Parallel()
	want := map[string]string{}
	used := map[string]bool{"ActNoted": true, "ReasonNoted": true} // migrations write them
	for _, c := range slices.Concat(codes(t), acts(t)) {
		want[c.name] = strings.Join(c.params, " ")
	}
	for _, c := range constants(t, "../../event.go", "Event") {
		used[c.name] = false
		if !slices.Contains(towpath.EventKinds(), towpath.EventKind(c.code)) {
			t.Errorf("%s is not in EventKinds", c.name)
		}
	}
	walk(t, func(fset *token.FileSet, path string, n ast.Node) {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if !strings.HasPrefix(path, "../../internal/wording/") {
				used[n.Sel.Name] = true
			}
		case *ast.CompositeLit:
			if kind := kindOf(n); kind != nil {
				t.Errorf("%s: an event has the kind %s. Use a constant", fset.Position(n.Pos()), kind.Value)
			}
		case *ast.CallExpr:
			name, given := stated(n)
			used[name] = true // the root package names its codes bare
			if params, known := want[name]; known && params != given {
				t.Errorf("%s: %s is given %q, and has the params %q", fset.Position(n.Pos()), name, given,
					params)
			}
			if strings.HasPrefix(name, `"`) {
				t.Errorf("%s: use a constant for %s", fset.Position(n.Pos()), name)
			}
		}
	})
	for name := range want {
		if !used[name] {
			t.Errorf("nothing says %s", name)
		}
	}
	for name, found := range used {
		if !found {
			t.Errorf("nothing emits %s", name)
		}
	}
}

// walk visits the syntax of the product's files.
func walk(t *testing.T, visit func(*token.FileSet, string, ast.Node)) {
	t.Helper()
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			visit(fset, path, n)
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// kindOf returns the kind of an event that is written as a text; nil for none.
func kindOf(literal *ast.CompositeLit) *ast.BasicLit {
	if identifier(literal.Type) != "Event" {
		return nil
	}
	for _, field := range literal.Elts {
		pair, ok := field.(*ast.KeyValueExpr)
		if !ok || identifier(pair.Key) != "Kind" {
			continue
		}
		if text, ok := pair.Value.(*ast.BasicLit); ok {
			return text
		}
	}
	return nil
}

// identifier is the name that an expression ends with, with or without its package; "" when it is
// no name.
func identifier(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// stated reads a call of towpath.Why or Actor.Did: its constant, and the names of its params, sorted.
func stated(call *ast.CallExpr) (name, params string) {
	first := map[string]int{"Why": 1, "Did": 3}[identifier(call.Fun)] // of the params
	if first == 0 || len(call.Args) < first {
		return "", ""
	}
	if text, ok := call.Args[0].(*ast.BasicLit); ok {
		return text.Value, ""
	}
	var names []string
	for i := first; i < len(call.Args); i += 2 {
		text := "?"
		if literal, ok := call.Args[i].(*ast.BasicLit); ok {
			text, _ = strconv.Unquote(literal.Value)
		}
		names = append(names, text)
	}
	slices.Sort(names)
	return identifier(call.Args[0]), strings.Join(names, " ")
}
