package main

import (
	"flag"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"towpath"
	"towpath/internal/ast"
	"towpath/internal/engine"
	"towpath/internal/engine/enginetest"
	"towpath/internal/engine/mysql"
	"towpath/internal/engine/postgres"
	"towpath/internal/engine/sqlite"
	"towpath/internal/schema"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

var everyServer = flag.Bool("truth.every", false, "judge the rules by all fixtures and samples, and by MariaDB and SQLite too")

// effect is something that a server does with a table that others use.
type effect string

const (
	rewrites effect = "writes a table again"
	builds   effect = "builds an index under a lock"
	scans    effect = "reads a table under a lock"
	blocks   effect = "keeps writers out"
	failing  effect = "fails"
)

// truth is one kind of server that is asked.
type truth struct {
	folders []string // of fixtures that are for it
	server  sqlreview.Server
	engine  engine.Engine
	// database makes an empty database.
	database func(t *testing.T) engine.Target
	// open runs a setup in a database, and puts a row into each table.
	open func(t *testing.T, target engine.Target, setup string) witness
	// claims are the effects that a finding speaks of.
	claims func(f sqlreview.Finding) []effect
	// shown are the effects that a witness can see.
	shown []effect
}

// witness is a connection to a server that tells what the server does with tables that others may
// use. It is not known where a statement fails for what no catalog of tables shows: for a row, or in
// a block. The tables in fresh are those that the file has made.
type witness interface {
	run(st *sqlreview.Text, fresh []string) (actual map[effect]bool, known bool)
}

func truths(t *testing.T) []truth {
	t.Helper()
	root := t.TempDir()
	files := sqlite.New(sqlite.Config{Root: root})
	return []truth{
		{
			folders: []string{"postgres"}, server: sqlreview.Server{Dialect: towpath.EnginePostgres},
			engine: postgres.New(), open: openPostgresWitness, claims: postgresSays,
			shown:    []effect{rewrites, builds, scans, failing},
			database: func(t *testing.T) engine.Target { return servers.postgres.Database(t) },
		},
		{
			folders: []string{"mysql", "mariadb"},
			server:  sqlreview.Server{Dialect: towpath.EngineMySQL, MariaDB: !servers.mariadb.MySQL},
			engine:  mysql.New(), open: openMySQLWitness, claims: mysqlClaims,
			shown:    []effect{rewrites, blocks, failing},
			database: func(t *testing.T) engine.Target { return servers.mariadb.Database(t) },
		},
		{
			folders: []string{"sqlite"}, server: sqlreview.Server{Dialect: towpath.EngineSQLite},
			engine: files, open: openSQLiteWitness(root), claims: byRule(sqliteClaims), shown: []effect{failing},
			database: func(t *testing.T) engine.Target {
				target := engine.Target{Address: ".", Database: strings.ReplaceAll(t.Name(), "/", "_")}
				if err := files.Create(t.Context(), target); err != nil {
					t.Fatal(err)
				}
				return target
			},
		},
	}
}

func byRule(claims map[effect][]string) func(sqlreview.Finding) []effect {
	return func(f sqlreview.Finding) (all []effect) {
		for e, ids := range claims {
			if slices.Contains(ids, f.Rule) {
				all = append(all, e)
			}
		}
		return all
	}
}

// score counts claims and effects.
type score struct{ statements, right, wrong, missed int }

func (s *score) add(o score) {
	s.statements += o.statements
	s.right += o.right
	s.wrong += o.wrong
	s.missed += o.missed
}

func (s score) precision() float64 { return float64(s.right) / float64(max(s.right+s.wrong, 1)) }
func (s score) recall() float64    { return float64(s.right) / float64(max(s.right+s.missed, 1)) }

// truthArchives are the fixtures of rules and the samples. Without -truth.every they are the fixtures
// of the groups that speak of locks, rewrites and failures most.
func truthArchives(t *testing.T) (all []string) {
	t.Helper()
	patterns := []string{"rules/testdata/*.txtar", "reviewtest/testdata/samples/*.txtar"}
	if !*everyServer {
		patterns = []string{"rules/testdata/PL*.txtar", "rules/testdata/DD*.txtar"}
	}
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join("../../internal/sqlreview", pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("%d archives of %s, %v", len(found), pattern, err)
		}
		all = append(all, found...)
	}
	return all
}

// TestTruth runs fixtures of rules and samples on real servers, each table with a row in it, and compares
// what the servers do with what the rules say, and what they hold with what the review makes of it.
func TestTruth(t *testing.T) {
	t.Parallel()
	archives := truthArchives(t)
	var total score
	for _, one := range truths(t) {
		if one.server.Dialect != towpath.EnginePostgres && !*everyServer {
			continue
		}
		var own score
		t.Run(string(one.server.Dialect), func(t *testing.T) {
			for _, path := range archives {
				one.archive(t, path, &own)
			}
		})
		fmt.Printf("truth of %s: %d statements, precision %.3f, recall %.3f\n", one.server.Dialect, own.statements,
			own.precision(), own.recall())
		if own.precision() < 0.98 || own.recall() < 0.95 {
			t.Errorf("%s: %d claims are right, %d wrong, %d effects are missed", one.server.Dialect, own.right, own.wrong,
				own.missed)
		}
		total.add(own)
	}
	fmt.Printf("truth: %d statements, precision %.3f, recall %.3f\n", total.statements, total.precision(), total.recall())
	if least := map[bool]int{true: 300, false: 40}[*everyServer]; total.right < least {
		t.Errorf("only %d claims were right, of %d at least", total.right, least)
	}
}

func (one truth) archive(t *testing.T, path string, s *score) {
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	about := strings.TrimSuffix(filepath.Base(path), ".txtar")
	questions := one.fixtures(archive)
	if kind, _, ok := strings.Cut(about, "-"); ok && slices.Contains(one.folders, kind) {
		questions = samples(archive)
	}
	for i, files := range questions {
		t.Run(fmt.Sprint(about, " ", i+1), func(t *testing.T) { one.ask(t, files, s) })
	}
}

// fixtures are the folders of a rule's archive that are for this kind of server, each by the names of
// its files.
func (one truth) fixtures(archive *txtar.Archive) (all []map[string]string) {
	byFolder := map[string]map[string]string{}
	for _, f := range archive.Files {
		folder, name := filepath.Split(f.Name)
		kind, _, _ := strings.Cut(strings.TrimSuffix(folder, "/"), " ")
		if name == "policy" || !slices.Contains(one.folders, kind) {
			continue
		}
		if byFolder[folder] == nil {
			byFolder[folder] = map[string]string{}
		}
		byFolder[folder][name] = string(f.Data)
	}
	for _, folder := range slices.Sorted(maps.Keys(byFolder)) {
		all = append(all, byFolder[folder])
	}
	return all
}

// samples are the files of an archive of migrations, each with the setup for itself.
func samples(archive *txtar.Archive) (all []map[string]string) {
	setup := ""
	for _, f := range archive.Files {
		if f.Name == "setup.sql" {
			setup = string(f.Data)
			continue
		}
		all = append(all, map[string]string{"setup.sql": setup, f.Name: string(f.Data)})
	}
	return all
}

func (one truth) ask(t *testing.T, files map[string]string, s *score) {
	setup := files["setup.sql"]
	delete(files, "setup.sql")
	target := one.database(t)
	w := one.open(t, target, setup)
	if w == nil {
		return // the server does not know the words of the setup
	}
	if *everyServer {
		enginetest.Followed(t, one.engine, target, one.server.MariaDB, setup)
	}
	change := one.read(t, files)
	catalog := enginetest.Catalog(t, one.engine, target)
	result := sqlreview.Review(sqlreview.Input{
		Server: one.server, Files: change, Rules: rules.All,
		Catalog: catalog,
	})
	for _, file := range change {
		var fresh []string // tables that the file has made, which nobody else uses yet
		for i := range file.Statements {
			st := &file.Statements[i]
			if st.Text == "" || st.Transaction != nil {
				continue
			}
			makes := st.CreateTable != nil && !(st.CreateTable.IfNotExists && holds(catalog, st.CreateTable.Name))
			if makes {
				fresh = append(fresh, st.CreateTable.Name.Name)
			}
			actual, known := w.run(st, fresh)
			if makes && actual[failing] {
				fresh = fresh[:len(fresh)-1]
			}
			if known {
				s.compare(t, one, file.Path, st, one.claimed(result, file, i), actual)
			}
		}
	}
}

// holds reports whether a table was there before the change.
func holds(catalog schema.Catalog, name ast.Name) bool {
	return slices.ContainsFunc(catalog.Tables, func(t schema.Table) bool {
		return t.Name == name.Name && (name.Schema == "" || t.Schema == name.Schema)
	})
}

func (one truth) read(t *testing.T, files map[string]string) []*sqlreview.File {
	t.Helper()
	var scripts []sqlparse.Script
	for _, name := range slices.Sorted(maps.Keys(files)) {
		scripts = append(scripts, sqlparse.Script{Path: name, Content: files[name]})
	}
	all, err := sqlparse.Read(t.Context(), sqlparse.InProcess{}, one.server.Dialect, scripts)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// claimed are the effects that rules say of a statement.
func (one truth) claimed(result sqlreview.Result, file *sqlreview.File, i int) map[effect]bool {
	all := map[effect]bool{}
	end := 1 << 30
	if i+1 < len(file.Statements) {
		end = file.Statements[i+1].Pos.Line
	}
	for _, f := range result.Findings {
		if f.Path != file.Path || f.Line < file.Statements[i].Pos.Line || f.Line >= end {
			continue
		}
		for _, e := range one.claims(f) {
			all[e] = true
		}
	}
	return all
}

func (s *score) compare(
	t *testing.T, one truth, path string, st *sqlreview.Text, claimed, actual map[effect]bool,
) {
	t.Helper()
	s.statements++
	for _, e := range one.shown {
		switch {
		case actual[failing] && e != failing: // nobody sees what it would have done
		case claimed[e] && actual[e]:
			s.right++
		case claimed[e]:
			s.wrong++
			t.Logf("%s:%d: the rules say that it %s, and it does not: %s", path, st.Pos.Line, e, st.Text)
		case actual[e] && !(e == builds && (actual[rewrites] || concurrent(st))):
			s.missed++
			t.Logf("%s:%d: it %s, and no rule says so: %s", path, st.Pos.Line, e, st.Text)
		}
	}
}

// concurrent reports whether a statement builds its index while others write.
func concurrent(st *sqlreview.Text) bool {
	return (st.CreateIndex != nil && st.CreateIndex.Concurrently) || (st.Maintain != nil && st.Maintain.Concurrently)
}
