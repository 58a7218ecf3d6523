// Figures prints how large the parts of the module are: files, functions, packages and structs, and
// what is packed too tight to read. It looks at Go sources alone, tests apart, below the folder
// that it is started in.
//
//	go run ./scripts/figures
//
// With -ties and folders it prints instead how many pairs of a package's files use each other, and
// the circles that they form:
//
//	go run ./scripts/figures -ties internal/executor
package main

import (
	"cmp"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"
)

// wide is the number of columns above which a line is counted as long. A tab counts as four.
const wide = 110

// ranked is a size and whose size it is.
type ranked struct {
	size int
	of   string
}

// figures collects sizes over all files of one kind (product or tests).
type figures struct {
	files      []ranked // lines of each file
	functions  []ranked // lines of each function
	packages   map[string]int
	methods    map[string]int // all methods of each struct
	exported   map[string]int // exported methods of each struct
	longLines  int
	lines      int
	positional []ranked // struct literals without keys, by the number of their values
}

func main() {
	ties := flag.Bool("ties", false, "print which files of the packages in these folders use each other")
	flag.Parse()
	if *ties {
		printTies(flag.Args())
		return
	}
	product, tests := newFigures(), newFigures()
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != "." && skipped(d.Name()):
			return filepath.SkipDir
		case d.IsDir() || filepath.Ext(path) != ".go":
			return nil
		case strings.HasSuffix(path, "_test.go"):
			return tests.add(path)
		}
		return product.add(path)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "figures:", err)
		os.Exit(1)
	}
	fmt.Println("| figure | product | tests |")
	fmt.Println("|---|---|---|")
	for i, row := range product.rows() {
		fmt.Printf("| %s | %s | %s |\n", row[0], row[1], tests.rows()[i][1])
	}
}

// skipped reports whether a folder holds no sources of the module.
func skipped(folder string) bool {
	return folder == "testdata" || folder == "node_modules" || strings.HasPrefix(folder, ".")
}

func newFigures() *figures {
	return &figures{packages: map[string]int{}, methods: map[string]int{}, exported: map[string]int{}}
}

// add counts one file.
func (f *figures) add(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for _, line := range lines {
		if utf8.RuneCountInString(strings.ReplaceAll(line, "\t", "    ")) > wide {
			f.longLines++
		}
	}
	f.lines += len(lines)
	f.files = append(f.files, ranked{size: len(lines), of: path})
	folder := filepath.ToSlash(filepath.Dir(path))
	f.packages[folder] += len(lines)
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			f.addFunction(fset, folder, n)
		case *ast.CompositeLit:
			f.addLiteral(fset, n)
		}
		return true
	})
	return nil
}

func (f *figures) addFunction(fset *token.FileSet, folder string, n *ast.FuncDecl) {
	first, last := fset.Position(n.Pos()), fset.Position(n.End())
	f.functions = append(f.functions,
		ranked{size: last.Line - first.Line + 1, of: fmt.Sprintf("%s:%d", first.Filename, first.Line)})
	if n.Recv == nil {
		return
	}
	receiver := n.Recv.List[0].Type
	if pointer, ok := receiver.(*ast.StarExpr); ok {
		receiver = pointer.X
	}
	if generic, ok := receiver.(*ast.IndexExpr); ok {
		receiver = generic.X
	}
	name, ok := receiver.(*ast.Ident)
	if !ok {
		return
	}
	f.methods[folder+"."+name.Name]++
	if n.Name.IsExported() {
		f.exported[folder+"."+name.Name]++
	}
}

// addLiteral counts literals of named types with more than two values and no keys. A literal whose
// type is left out belongs to a list, and tables of tests are such lists; it is not counted.
func (f *figures) addLiteral(fset *token.FileSet, n *ast.CompositeLit) {
	switch n.Type.(type) {
	case *ast.Ident, *ast.SelectorExpr:
	default:
		return
	}
	if len(n.Elts) <= 2 {
		return
	}
	if _, keyed := n.Elts[0].(*ast.KeyValueExpr); keyed {
		return
	}
	at := fset.Position(n.Pos())
	f.positional = append(f.positional,
		ranked{size: len(n.Elts), of: fmt.Sprintf("%s:%d", at.Filename, at.Line)})
}

// rows returns the figures as pairs of a name and a value.
func (f *figures) rows() [][2]string {
	return [][2]string{
		{"lines", fmt.Sprint(f.lines)},
		{"files, lines p50 / p90 / max", spread(f.files)},
		{"functions, lines p50 / p90 / max", spread(f.functions)},
		{"largest package, lines", largest(f.packages)},
		{"most methods of a type", largest(f.methods)},
		{"most exported methods of a type", largest(f.exported)},
		{fmt.Sprintf("lines over %d columns", wide), fmt.Sprint(f.longLines)},
		{
			"literals without keys, of three values or more",
			fmt.Sprintf("%d, %s", len(f.positional), spread(f.positional)),
		},
	}
}

// spread returns the middle, the ninetieth percentile and the largest, with its owner.
func spread(all []ranked) string {
	if len(all) == 0 {
		return "0"
	}
	slices.SortFunc(all,
		func(a, b ranked) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(a.of, b.of)) })
	last := all[len(all)-1]
	return fmt.Sprintf("%d / %d / %d (%s)", all[len(all)/2].size, all[len(all)*9/10].size, last.size, last.of)
}

func largest(sizes map[string]int) string {
	all := make([]ranked, 0, len(sizes))
	for of, size := range sizes {
		all = append(all, ranked{size: size, of: of})
	}
	if len(all) == 0 {
		return "0"
	}
	best := slices.MaxFunc(all,
		func(a, b ranked) int { return cmp.Or(cmp.Compare(a.size, b.size), cmp.Compare(b.of, a.of)) })
	return fmt.Sprintf("%d (%s)", best.size, best.of)
}
