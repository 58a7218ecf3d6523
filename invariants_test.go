package towpath_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// invariantRow is a row of docs/invariants.md: a promise, a function and its file, a test and its folder.
var invariantRow = regexp.MustCompile("^\\| (.+) \\| `([^`:]+\\.go):(\\w+)` \\| `([^`:]+):(Test\\w+)` \\|$")

// minInvariants keeps promises from being dropped unseen.
const minInvariants = 70

func TestInvariants_nameWhatExists(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("docs/invariants.md")
	if err != nil {
		t.Fatal(err)
	}
	seen, read := map[string]bool{}, 0
	for number, line := range strings.Split(string(text), "\n") {
		if !strings.HasPrefix(line, "| ") || line == "| promise | code | test |" {
			continue
		}
		row := invariantRow.FindStringSubmatch(line)
		if row == nil {
			t.Errorf("docs/invariants.md:%d: write | promise | `file.go:function` | `folder:TestName` |", number+1)
			continue
		}
		read++
		promise, file, function, folder, test := row[1], row[2], row[3], row[4], row[5]
		if seen[promise] {
			t.Errorf("docs/invariants.md:%d: the promise is there twice", number+1)
		}
		seen[promise] = true
		if !functionsOf(t, file)[function] {
			t.Errorf("docs/invariants.md:%d: there is no function %s in %s", number+1, function, file)
		}
		tests, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, one := range tests {
			found = found || functionsOf(t, one)[test]
		}
		if !found {
			t.Errorf("docs/invariants.md:%d: there is no test %s in %s", number+1, test, folder)
		}
	}
	if read < minInvariants {
		t.Errorf("only %d promises are listed, at least %d were", read, minInvariants)
	}
}

// functionsOf returns the functions and methods of a file; none when it cannot be read.
func functionsOf(t *testing.T, file string) map[string]bool {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
	if err != nil {
		t.Error(err)
		return nil
	}
	names := map[string]bool{}
	for _, d := range parsed.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil {
			names[f.Name.Name] = true
		}
	}
	return names
}
