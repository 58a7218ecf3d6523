package towpath_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// floors assigns each package to a floor. A package imports only from lower floors and from its own
// folder. Add new packages here; docs/ARCHITECTURE.md describes each package.
var floors = map[string]int{
	"towpath":                     1,
	"towpath/web":                 1,
	"towpath/internal/secret":     1,
	"towpath/internal/schema":     1,
	"towpath/internal/ast":        1,
	"towpath/internal/history":    1,
	"towpath/internal/statement":  1,
	"towpath/internal/gitsim":     1, // and the hosts below it
	"towpath/internal/dbserver":   1,
	"towpath/scripts/benchpage":   1,
	"towpath/scripts/figures":     1,
	"towpath/scripts/testlog":     1,
	"towpath/scripts/kubeschemas": 1,

	"towpath/internal/vcs":       2,
	"towpath/internal/engine":    2,
	"towpath/internal/plan":      2,
	"towpath/internal/seal":      2,
	"towpath/internal/store":     2,
	"towpath/internal/sqlreview": 2,
	"towpath/internal/wording":   2,

	"towpath/internal/dialect": 2, // and the dialects below it

	"towpath/internal/convention":          3,
	"towpath/internal/sqlparse":            3,
	"towpath/internal/sqlreview/rules":     3,
	"towpath/internal/vcs/gitwire":         3,
	"towpath/internal/engine/sqlite":       3,
	"towpath/internal/engine/postgres":     3,
	"towpath/internal/engine/mysql":        3,
	"towpath/internal/jobs":                3,
	"towpath/internal/auth":                3,
	"towpath/internal/catalog":             3,
	"towpath/internal/account":             3,
	"towpath/internal/manifest":            3,
	"towpath/internal/webhook":             3,
	"towpath/internal/notify":              4,
	"towpath/internal/workspace":           3,
	"towpath/internal/receipt":             3,
	"towpath/internal/rollout":             3,
	"towpath/internal/executor":            3,
	"towpath/internal/executor/crashtest":  4,
	"towpath/internal/vcs/vcstest":         3,
	"towpath/internal/dialect/dialecttest": 3,
	"towpath/internal/store/storetest":     3,

	"towpath/internal/sqlreview/reviewtest": 4,
	"towpath/internal/engine/enginetest":    4,

	"towpath/internal/rehearsal":     4,
	"towpath/internal/review":        4,
	"towpath/internal/link":          4,
	"towpath/internal/sync":          4,
	"towpath/internal/report":        4,
	"towpath/internal/link/linktest": 5,
	"towpath/internal/api":           5,
	"towpath/internal/vcs/bitbucket": 4,
	"towpath/internal/vcs/gitea":     4,
	"towpath/cmd/towpath":            6,
}

// suites are conformance suites and their helpers: packages for tests, in the folder of an
// interface.
var suites = []string{
	"towpath/internal/vcs/vcstest", "towpath/internal/engine/enginetest",
	"towpath/internal/dialect/dialecttest",
	"towpath/internal/store/storetest", "towpath/internal/link/linktest",
	"towpath/internal/sqlreview/reviewtest",
}

// A never is an import that the floors allow and that is forbidden nevertheless.
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
			"towpath/internal/executor", "towpath/internal/catalog", "towpath/internal/rehearsal",
		},
		"targets are read by catalog and changed by executor, and scratch databases are made by rehearsal; api speaks of what is in the store",
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

// pure packages depend only on their arguments.
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

// pureFiles are pure files in packages that do I/O.
var pureFiles = []string{
	"internal/executor/effect.go",
	"internal/executor/journal.go",
	"internal/executor/outcome.go",
	"internal/executor/progress.go",
	"internal/executor/resume.go",
}

// impure are packages, including those below them, that do I/O or depend on the environment.
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

// house returns the package whose floor applies. Suites, the simulators and the dialects include the
// packages below them.
func house(pkg string) string {
	for _, root := range append([]string{"towpath/internal/gitsim", "towpath/internal/dialect"},
		suites...) {
		if below(pkg, root) {
			return root
		}
	}
	return pkg
}
