// Package reviewtest holds the rules of the SQL review to their fixtures.
package reviewtest

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"towpath"
	"towpath/internal/ast"
	"towpath/internal/schema"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

var update = flag.Bool("update", false, "write what the rules find into the fixtures")

const fixtures = "../rules/testdata"

// Each fixture is an archive with a folder for each kind of server, such as postgres or mariadb@10.6.
// setup.sql is what is there before, policy what a team has set, and the other files are the change
// in the order of their names. A comment "-- want" ends each line where the rule finds something.
func TestRules_findWhatTheirFixturesSay(t *testing.T) {
	t.Parallel()
	for _, rule := range rules.All {
		t.Run(rule.ID, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(fixtures, rule.ID+".txtar")
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			seen := map[towpath.EngineType]bool{}
			var golden strings.Builder
			for _, f := range groups(archive) {
				server, found := f.run(t, rule)
				seen[server.Dialect] = true
				f.compare(t, rule, found, &golden)
			}
			for _, d := range rule.Dialects {
				if !seen[d] {
					t.Errorf("there is no fixture for %s", d)
				}
			}
			compareGolden(t, filepath.Join(fixtures, rule.ID+".golden"), golden.String())
		})
	}
}

// fixture is one folder of an archive.
type fixture struct {
	name  string
	files map[string]string
}

func groups(archive *txtar.Archive) []fixture {
	byName := map[string]fixture{}
	for _, file := range archive.Files {
		dir, name := filepath.Split(file.Name)
		dir = strings.TrimSuffix(dir, "/")
		f, ok := byName[dir]
		if !ok {
			f = fixture{name: dir, files: map[string]string{}}
		}
		f.files[name] = string(file.Data)
		byName[dir] = f
	}
	var all []fixture
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		all = append(all, byName[name])
	}
	return all
}

// server reads the kind of server from the folder's name: postgres, postgres@10, mysql, mariadb,
// sqlite, with more words behind a blank.
func (f fixture) server(t *testing.T) sqlreview.Server {
	t.Helper()
	name, _, _ := strings.Cut(f.name, " ")
	name, version, _ := strings.Cut(name, "@")
	s := sqlreview.Server{Dialect: towpath.EngineType(name)}
	if name == "mariadb" {
		s = sqlreview.Server{Dialect: towpath.EngineMySQL, MariaDB: true}
	}
	if version != "" {
		v, err := sqlreview.ParseVersion(s.Dialect, version)
		if err != nil {
			t.Fatal(err)
		}
		s.Version = v.Version
	}
	return s
}

func (f fixture) run(t *testing.T, rule sqlreview.Rule) (sqlreview.Server, []sqlreview.Finding) {
	t.Helper()
	server := f.server(t)
	catalog := schema.Catalog{}
	if setup, ok := f.files["setup.sql"]; ok {
		catalog = sqlreview.CatalogOf(server, f.read(t, server, map[string]string{"setup.sql": setup}))
	}
	change := maps.Clone(f.files)
	delete(change, "setup.sql")
	delete(change, "policy")
	result := sqlreview.Review(sqlreview.Input{
		Server: server, Catalog: f.sizes(catalog), Files: f.read(t, server, change), Rules: f.rules(rule),
		Policy: f.policy(rule),
	})
	var own []sqlreview.Finding
	for _, found := range result.Findings {
		if found.Rule == rule.ID {
			own = append(own, found)
		}
	}
	for _, not := range result.NotAnalyzed {
		t.Errorf("%s/%s:%d was not analyzed: %s", f.name, not.Path, not.Line, not.Why)
	}
	return server, own
}

// rules are those that run: the one of the fixture, and all for the one that looks at others.
func (f fixture) rules(rule sqlreview.Rule) []sqlreview.Rule {
	if rule.ID == "RU02" {
		return rules.All
	}
	return []sqlreview.Rule{rule}
}

// policy turns the rule on, with the settings of the fixture, a name and a value a line.
func (f fixture) policy(rule sqlreview.Rule) sqlreview.Policy {
	p := sqlreview.Policy{
		Levels:   map[string]sqlreview.Level{rule.ID: sqlreview.Warning},
		Settings: map[string]map[string]string{rule.ID: {}},
	}
	for line := range strings.Lines(f.files["policy"]) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		p.Settings[rule.ID][name] = value
	}
	return p
}

var size = regexp.MustCompile(`-- rows=(\d+) bytes=(\d+) (\S+)`)

// sizes gives tables the sizes that comments of the setup say.
func (f fixture) sizes(c schema.Catalog) schema.Catalog {
	for _, m := range size.FindAllStringSubmatch(f.files["setup.sql"], -1) {
		for i := range c.Tables {
			if c.Tables[i].Name == m[3] {
				fmt.Sscan(m[1], &c.Tables[i].Rows)
				fmt.Sscan(m[2], &c.Tables[i].Bytes)
			}
		}
	}
	return c
}

func (f fixture) read(t *testing.T, server sqlreview.Server, files map[string]string) []*sqlreview.File {
	t.Helper()
	var scripts []sqlparse.Script
	for _, name := range slices.Sorted(maps.Keys(files)) {
		scripts = append(scripts, sqlparse.Script{Path: name, Content: files[name]})
	}
	read, err := sqlparse.Read(t.Context(), sqlparse.InProcess{}, server.Dialect, scripts)
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range read {
		about(file, files[file.Path])
	}
	return read
}

// about reads what a file says of itself in its first line, which elsewhere comes from a plan.
func about(file *sqlreview.File, content string) {
	first, _, _ := strings.Cut(content, "\n")
	if version, ok := strings.CutPrefix(first, "-- late: "); ok {
		file.Late = strings.TrimSuffix(version, " -- want")
	}
	if wrong, ok := strings.CutPrefix(first, "-- levels: "); ok {
		file.Levels = sqlreview.Problem{
			Pos: ast.Position{Line: 1}, Message: strings.TrimSuffix(wrong, " -- want"),
		}
	}
	file.Edited = strings.HasPrefix(first, "-- edited")
	file.NoUndo = strings.HasPrefix(first, "-- no undo")
	var failed sqlreview.Rehearsed
	if n, _ := fmt.Sscanf(first, "-- fails at %d:%d %s", &failed.Line, &failed.Column, &failed.Why); n == 3 {
		failed.Server = "a server"
		file.Rehearsed = &failed
	}
}

// compare holds the findings to the lines that want some.
func (f fixture) compare(t *testing.T, rule sqlreview.Rule, found []sqlreview.Finding, golden *strings.Builder) {
	t.Helper()
	var want, got []string
	for _, name := range slices.Sorted(maps.Keys(f.files)) {
		n := 0
		for line := range strings.Lines(f.files[name]) {
			if n++; strings.HasSuffix(strings.TrimSpace(line), "-- want") {
				want = append(want, fmt.Sprintf("%s:%d", name, n))
			}
		}
	}
	for _, one := range found {
		got = append(got, fmt.Sprintf("%s:%d", one.Path, one.Line))
		fmt.Fprintf(golden, "%s/%s:%d:%d %s\n", f.name, one.Path, one.Line, one.Column, one.Message)
		for line := range strings.Lines(one.Fix) {
			golden.WriteString("    " + line)
		}
		if one.Fix != "" {
			golden.WriteString("\n")
		}
	}
	slices.SortFunc(got, cmp.Compare[string])
	got = slices.Compact(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%s of %s: found at %v, want %v\n%v", rule.ID, f.name, got, want, found)
	}
}

func compareGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the findings are not those of %s:\n%s\nLook at them, and run the test with -update", path, got)
	}
}
