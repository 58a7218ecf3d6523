package towpath_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors assigns each package to a floor: it imports from lower floors and from its own folder's
// tree only. A new package gets its line here; docs/ARCHITECTURE.md describes each package.
var floors = map[string]int{
	"towpath":                    1,
	"towpath/web":                1,
	"towpath/internal/secret":    1,
	"towpath/internal/schema":    1,
	"towpath/internal/ast":       1,
	"towpath/internal/statement": 1,
	"towpath/internal/gitsim":    1, // and the hosts below it
	"towpath/internal/dbserver":  1,
	"towpath/scripts/figures":    1,

	"towpath/internal/vcs":       2,
	"towpath/internal/engine":    2,
	"towpath/internal/plan":      2,
	"towpath/internal/seal":      2,
	"towpath/internal/store":     2,
	"towpath/internal/sqlreview": 2,
	"towpath/internal/wording":   2,

	"towpath/internal/dialect": 2, // and the dialects below it

	"towpath/internal/sqlparse":           3,
	"towpath/internal/sqlreview/rules":    3,
	"towpath/internal/vcs/gitwire":        3,
	"towpath/internal/engine/sqlite":      3,
	"towpath/internal/engine/postgres":    3,
	"towpath/internal/engine/mysql":       3,
	"towpath/internal/jobs":               3,
	"towpath/internal/auth":               3,
	"towpath/internal/catalog":            3,
	"towpath/internal/account":            3,
	"towpath/internal/manifest":           3,
	"towpath/internal/workspace":          3,
	"towpath/internal/rollout":            3,
	"towpath/internal/executor":           3,
	"towpath/internal/executor/crashtest": 3,
	"towpath/internal/vcs/vcstest":        3,
	"towpath/internal/engine/enginetest":  3,
	"towpath/internal/store/storetest":    3,

	"towpath/internal/sqlreview/reviewtest": 4,

	"towpath/internal/link":          4,
	"towpath/internal/sync":          4,
	"towpath/internal/report":        4,
	"towpath/internal/link/linktest": 5,
	"towpath/internal/api":           5,
	"towpath/internal/vcs/bitbucket": 4,
	"towpath/internal/vcs/gitea":     4,
	"towpath/cmd/towpath":            6,
}

// suites are conformance suites and their helpers: packages for tests, in the folder of a seam.
var suites = []string{
	"towpath/internal/vcs/vcstest", "towpath/internal/engine/enginetest",
	"towpath/internal/store/storetest", "towpath/internal/link/linktest",
	"towpath/internal/sqlreview/reviewtest",
}

// A never is an import that the floors would allow and that is still wrong.
type never struct {
	imports string // a package and what lies below it
	// the packages, with what lies below them, that may; tests and suites included; nil: none
	except  []string
	because string
}

var nevers = []never{
	{
		"towpath/internal/gitsim",
		[]string{"towpath/cmd", "towpath/internal/gitsim"},
		"simulators are for tests and the demo; a product that knows them proves nothing",
	},
	{
		"towpath/internal/gitsim/bitbucket",
		[]string{"towpath/cmd", "towpath/internal/gitsim/bitbucket"},
		"what simulated hosts share is in gitsim",
	},
	{
		"towpath/internal/gitsim/gitea",
		[]string{"towpath/cmd", "towpath/internal/gitsim/gitea"},
		"what simulated hosts share is in gitsim",
	},
	{
		"towpath/internal/dbserver",
		[]string{"towpath/cmd", "towpath/internal/engine/enginetest"},
		"throw-away servers are for tests and the demo",
	},
	{
		"towpath/internal/vcs/gitwire",
		[]string{"towpath/internal/vcs"},
		"Git's wire protocol is the business of drivers",
	},
	{
		"towpath/internal/vcs/gitea",
		[]string{"towpath/cmd"},
		"only cmd knows drivers by name; everybody else knows the seam",
	},
	{
		"towpath/internal/vcs/bitbucket",
		[]string{"towpath/cmd"},
		"only cmd knows drivers by name; everybody else knows the seam",
	},
	{
		"towpath/internal/engine/sqlite",
		[]string{"towpath/cmd"},
		"only cmd knows drivers by name; everybody else knows the seam",
	},
	{
		"towpath/internal/engine/postgres",
		[]string{"towpath/cmd"},
		"only cmd knows drivers by name; everybody else knows the seam",
	},
	{
		"towpath/internal/engine/mysql",
		[]string{"towpath/cmd"},
		"only cmd knows drivers by name; everybody else knows the seam",
	},
	{
		"towpath/internal/vcs",
		[]string{
			"towpath/cmd", "towpath/internal/vcs", "towpath/internal/account",
			"towpath/internal/link", "towpath/internal/sync", "towpath/internal/report",
		},
		"Git providers are the business of account, link, sync and report; api speaks of what is in the store",
	},
	{
		"towpath/internal/engine",
		[]string{
			"towpath/cmd", "towpath/internal/engine",
			"towpath/internal/executor", "towpath/internal/catalog",
		},
		"targets are read by catalog and changed by executor; api speaks of what is in the store",
	},
	{
		"towpath/internal/dialect",
		[]string{"towpath/internal/dialect", "towpath/internal/engine", "towpath/internal/sqlparse"},
		"a dialect is known to its engine and its parser alone; everybody else has statements and what they do",
	},
	{
		"towpath/internal/dialect/sqlite",
		[]string{
			"towpath/internal/dialect/sqlite",
			"towpath/internal/engine/sqlite", "towpath/internal/sqlparse",
		},
		"a dialect is known to its engine and its parser alone; everybody else has statements and what they do",
	},
	{
		"towpath/internal/dialect/postgres",
		[]string{
			"towpath/internal/dialect/postgres",
			"towpath/internal/engine/postgres", "towpath/internal/sqlparse",
		},
		"a dialect is known to its engine and its parser alone; everybody else has statements and what they do",
	},
	{
		"towpath/internal/dialect/mysql",
		[]string{
			"towpath/internal/dialect/mysql",
			"towpath/internal/engine/mysql", "towpath/internal/sqlparse",
		},
		"a dialect is known to its engine and its parser alone; everybody else has statements and what they do",
	},
	{
		"towpath/internal/jobs",
		[]string{"towpath/cmd"},
		"services reach each other by job rows of the store, never by calling the workers",
	},
	{
		"database/sql",
		[]string{"towpath/internal/store", "towpath/internal/engine"},
		"only the store holds SQL for the metadata, and only drivers speak to targets",
	},
	{
		"modernc.org/libc",
		[]string{"towpath/internal/engine/sqlite"},
		"it must stay at the version that modernc.org/sqlite wants; the driver's one use of it is held to that by TestModule_pairsSQLiteWithItsLibc",
	},
}

// pure packages have no inputs but their arguments.
var pure = []string{
	"towpath",
	"towpath/internal/wording",
	"towpath/internal/plan",
	"towpath/internal/sqlreview",
	"towpath/internal/schema",
	"towpath/internal/statement",
	"towpath/internal/dialect",
	"towpath/internal/dialect/sqlite",
	"towpath/internal/dialect/postgres",
	"towpath/internal/dialect/mysql",
}

// pureFiles are the same within a package that does I/O.
var pureFiles = []string{
	"internal/executor/effect.go",
	"internal/executor/journal.go",
	"internal/executor/outcome.go",
	"internal/executor/progress.go",
	"internal/executor/resume.go",
}

// impure are packages, with what lies below them, that do I/O or depend on the environment.
var impure = []string{
	"os", "net", "database/sql", "io/fs", "io/ioutil", "path/filepath", "syscall", "embed", "log",
	"math/rand", "crypto/rand", "runtime", "unsafe",
}

// source is one parsed Go file of the module.
type source struct {
	file    string // with slashes, from the module's root
	pkg     string // import path
	name    string // of the package, without _test
	test    bool
	imports []string
	ast     *ast.File
}

func (s source) imported(pkg string) bool { return slices.Contains(s.imports, pkg) }

// below reports whether pkg is root or lies below it.
func below(pkg, root string) bool { return pkg == root || strings.HasPrefix(pkg, root+"/") }

func belowAny(pkg string, roots []string) bool {
	return slices.ContainsFunc(roots, func(root string) bool { return below(pkg, root) })
}

func (s source) forTests() bool { return s.test || belowAny(s.pkg, suites) }

func TestLayout(t *testing.T) {
	t.Parallel()
	all := sources(t)
	for _, file := range pureFiles {
		if !slices.ContainsFunc(all, func(s source) bool { return s.file == file }) {
			t.Errorf("%s is listed as pure and does not exist", file)
		}
	}
	for name, check := range map[string]func(*testing.T, source){
		"floors":             checkFloors,
		"nevers":             checkNevers,
		"purity":             checkPurity,
		"the one door":       checkSessions,
		"the environment":    checkEnvironment,
		"names":              checkNames,
		"no init":            checkInit,
		"no test is skipped": checkSkips,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, s := range all {
				check(t, s)
			}
		})
	}
}

func sources(t *testing.T) []source {
	t.Helper()
	var all []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "testdata" || name == "node_modules" || name == "bin" ||
				len(name) > 1 && name[0] == '.' {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(file) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		file = filepath.ToSlash(file)
		s := source{
			file: file, pkg: path.Join("towpath", path.Dir(file)), test: strings.HasSuffix(file, "_test.go"),
			name: strings.TrimSuffix(parsed.Name.Name, "_test"), ast: parsed,
		}
		for _, i := range parsed.Imports {
			imported, err := strconv.Unquote(i.Path.Value)
			if err != nil {
				return err
			}
			s.imports = append(s.imports, imported)
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 20 {
		t.Fatalf("only %d files found: the test does not look where the module is", len(all))
	}
	return all
}

// house returns the package whose floor counts: that of a suite, of the simulators or of the dialects
// includes what lies below it.
func house(pkg string) string {
	for _, root := range append([]string{"towpath/internal/gitsim", "towpath/internal/dialect"},
		suites...) {
		if below(pkg, root) {
			return root
		}
	}
	return pkg
}

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

// modernc.org/sqlite is C translated to Go and needs exactly the libc version of its own go.mod; a
// newer one breaks it at run time. To update it, read the version there and change both lines here.
func TestModule_pairsSQLiteWithItsLibc(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for module, want := range map[string]string{
		"modernc.org/sqlite": "v1.61.1",
		"modernc.org/libc":   "v1.79.0",
	} {
		found := regexp.MustCompile(`(?m)^\s*(?:require )?` + regexp.QuoteMeta(module) +
			` (\S+)`).FindSubmatch(text)
		if found == nil || string(found[1]) != want {
			t.Errorf("go.mod has %q, want %s %s", found, module, want)
		}
	}
}
