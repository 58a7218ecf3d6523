package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// ties is which files of one package use what others declare: functions, methods, types, fields,
// variables and constants.
type ties struct {
	files []string
	uses  map[string]map[string]bool // a file to the files that it uses
}

// readTies reads one folder, tests apart.
func readTies(folder string) (*ties, error) {
	fset := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil {
		return nil, err
	}
	t := &ties{uses: map[string]map[string]bool{}}
	var files []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(fset, name, nil, 0)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
		t.files = append(t.files, filepath.Base(name))
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	// What other packages declare is left out, and so are the errors about it.
	conf := types.Config{Importer: emptyPackages{}, Error: func(error) {}}
	pkg, _ := conf.Check(folder, fset, files, info)
	for id, object := range info.Uses {
		if object.Pkg() != pkg || !declares(pkg, object) {
			continue
		}
		from, to := fset.Position(id.Pos()).Filename, fset.Position(object.Pos()).Filename
		if from != to {
			t.add(filepath.Base(from), filepath.Base(to))
		}
	}
	return t, nil
}

// declares reports whether an object is more than a variable of one function.
func declares(pkg *types.Package, o types.Object) bool {
	v, ok := o.(*types.Var)
	return o.Pos().IsValid() && (!ok || v.IsField() || v.Parent() == pkg.Scope())
}

func (t *ties) add(from, to string) {
	if t.uses[from] == nil {
		t.uses[from] = map[string]bool{}
	}
	t.uses[from][to] = true
}

// pairs counts the pairs of files, and those of which one uses the other.
func (t *ties) pairs() (tied, all int) {
	for i, a := range t.files {
		for _, b := range t.files[i+1:] {
			if all++; t.uses[a][b] || t.uses[b][a] {
				tied++
			}
		}
	}
	return tied, all
}

// circles lists the groups of files that use each other, themselves or by others.
func (t *ties) circles() (circles [][]string) {
	var seen []string
	for _, file := range t.files {
		if slices.Contains(seen, file) {
			continue
		}
		var circle []string
		for _, other := range t.files {
			if t.reaches(file, other) && t.reaches(other, file) {
				circle = append(circle, other)
			}
		}
		if len(circle) > 0 {
			circles = append(circles, circle)
			seen = append(seen, circle...)
		}
	}
	return circles
}

// reaches reports whether a file uses another, itself or by those that it uses.
func (t *ties) reaches(from, to string) bool {
	seen := map[string]bool{}
	next := []string{from}
	for len(next) > 0 {
		file := next[0]
		next = next[1:]
		for used := range t.uses[file] {
			if used == to {
				return true
			}
			if !seen[used] {
				seen[used] = true
				next = append(next, used)
			}
		}
	}
	return false
}

// emptyPackages imports every package as one that declares nothing.
type emptyPackages struct{}

// Import implements types.Importer.
func (emptyPackages) Import(p string) (*types.Package, error) {
	pkg := types.NewPackage(p, path.Base(p))
	pkg.MarkComplete()
	return pkg, nil
}

// printTies prints the ties of each folder.
func printTies(folders []string) {
	for _, folder := range folders {
		t, err := readTies(folder)
		if err != nil {
			fmt.Fprintln(os.Stderr, "figures:", err)
			os.Exit(1)
		}
		tied, all := t.pairs()
		fmt.Printf("%s: %d files, %d of %d pairs tied\n", folder, len(t.files), tied, all)
		for _, circle := range t.circles() {
			fmt.Printf("a circle of %d files: %s\n", len(circle), strings.Join(circle, " "))
		}
	}
}
