package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rogpeppe/go-internal/txtar"

	"towpath"
	"towpath/internal/ast"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

// effect is something that a server does with a table that others use.
type effect string

const (
	rewrites effect = "writes a table again"
	builds   effect = "builds an index under a lock"
	scans    effect = "reads a table under a lock"
	failing  effect = "fails"
)

// claims are the rules that say that a statement has an effect.
var claims = map[towpath.EngineType]map[effect][]string{
	towpath.EnginePostgres: {
		rewrites: {"PL16", "PL17", "PL18", "PL19", "PL20", "PL21", "PL24"},
		builds:   {"PL01", "PL03", "PL05", "PL07", "PL10", "PL11"},
		scans:    {"PL12", "PL13", "PL15"},
		failing:  {"DD03", "DD05", "RU01", "ST14", "ST15"},
	},
}

// score counts claims and effects.
type score struct{ statements, right, wrong, missed int }

// TestTruth runs the fixtures of the rules on a real server, each table with a row in it, and
// compares what the server does with what the rules say.
func TestTruth(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("../../internal/sqlreview/rules/testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("%d fixtures, %v", len(archives), err)
	}
	var s score
	for _, path := range archives {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files := map[string]string{}
		for _, f := range archive.Files {
			if name, ok := strings.CutPrefix(f.Name, "postgres/"); ok && name != "policy" {
				files[name] = string(f.Data)
			}
		}
		if len(files) > 0 {
			truthOfPostgres(t, filepath.Base(path), files, &s)
		}
	}
	precision := float64(s.right) / float64(max(s.right+s.wrong, 1))
	recall := float64(s.right) / float64(max(s.right+s.missed, 1))
	fmt.Printf("truth: %d statements, precision %.3f, recall %.3f\n", s.statements, precision, recall)
	if precision < 0.98 || recall < 0.95 || s.right < 30 {
		t.Errorf("%d claims are right, %d wrong, %d effects are missed", s.right, s.wrong, s.missed)
	}
}

func truthOfPostgres(t *testing.T, fixture string, files map[string]string, s *score) {
	t.Helper()
	ctx := t.Context()
	target := servers.postgres.Database(t)
	config, err := pgx.ParseConfig("sslmode=disable")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := strings.Cut(target.Address, ":")
	config.Host, config.User, config.Password, config.Database = host, target.Username, target.Password, target.Database
	fmt.Sscan(port, &config.Port)
	var said []string
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { said = append(said, n.Message) }
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	setup := files["setup.sql"]
	delete(files, "setup.sql")
	if _, err := conn.Exec(ctx, setup+rowInEach); err != nil {
		t.Fatalf("%s: set up: %v", fixture, err)
	}
	server := sqlreview.Server{Dialect: towpath.EnginePostgres}
	read := func(files map[string]string) []*sqlreview.File {
		var scripts []sqlparse.Script
		for _, name := range slices.Sorted(maps.Keys(files)) {
			scripts = append(scripts, sqlparse.Script{Path: name, Content: files[name]})
		}
		all, err := sqlparse.Read(ctx, sqlparse.InProcess{}, server.Dialect, scripts)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	change := read(files)
	result := sqlreview.Review(sqlreview.Input{
		Server: server, Catalog: sqlreview.CatalogOf(server, read(map[string]string{"setup.sql": setup})),
		Files: change, Rules: rules.All,
	})
	if _, err := conn.Exec(ctx, "SET client_min_messages = debug1"); err != nil {
		t.Fatal(err)
	}
	for _, file := range change {
		var fresh []string // tables that the file has made, which nobody else uses yet
		for i := range file.Statements {
			st := &file.Statements[i]
			if st.Text == "" || st.Transaction != nil {
				continue
			}
			said = nil
			_, err := conn.Exec(ctx, st.Text)
			if err == nil && st.CreateTable != nil {
				fresh = append(fresh, st.CreateTable.Name.Name)
			}
			if actual, known := effectsOf(st, said, err, fresh); known {
				s.compare(t, fixture+" "+file.Path, st, claimed(result, file, i), actual)
			}
		}
	}
}

// rowInEach puts a row into each table that takes one.
const rowInEach = `;
DO $$ DECLARE r regclass; BEGIN
	FOR r IN SELECT oid FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace LOOP
		BEGIN
			EXECUTE 'INSERT INTO ' || r || ' DEFAULT VALUES';
		EXCEPTION WHEN OTHERS THEN
			BEGIN
				EXECUTE 'INSERT INTO ' || r || ' (id) VALUES (1)';
			EXCEPTION WHEN OTHERS THEN
				BEGIN
					EXECUTE 'INSERT INTO ' || r || ' (id, status) VALUES (1, ''a'')';
				EXCEPTION WHEN OTHERS THEN NULL;
				END;
			END;
		END;
	END LOOP;
END $$`

// claimed are the effects that rules say of a statement.
func claimed(result sqlreview.Result, file *sqlreview.File, i int) map[effect]bool {
	all := map[effect]bool{}
	end := 1 << 30
	if i+1 < len(file.Statements) {
		end = file.Statements[i+1].Pos.Line
	}
	for _, f := range result.Findings {
		if f.Path != file.Path || f.Line < file.Statements[i].Pos.Line || f.Line >= end {
			continue
		}
		for e, ids := range claims[towpath.EnginePostgres] {
			if slices.Contains(ids, f.Rule) {
				all[e] = true
			}
		}
	}
	return all
}

// https://github.com/postgres/postgres/blob/master/src/backend/commands/tablecmds.c
var work = map[*regexp.Regexp]effect{
	regexp.MustCompile(`^rewriting table "(.+)"$`):                          rewrites,
	regexp.MustCompile(`^clustering "[^"]*\.(.+)" using `):                  rewrites,
	regexp.MustCompile(`^vacuuming "[^"]*\.(.+)"$`):                         rewrites,
	regexp.MustCompile(`^verifying table "(.+)"$`):                          scans,
	regexp.MustCompile(`^validating foreign key constraint "(.+)"$`):        scans,
	regexp.MustCompile(`^building index "(?:.+)" on table "(.+)" serially`): builds,
}

// effectsOf reads what a server says of its work with tables that others may use. It is not known
// when the statement fails for what no catalog of tables shows: for a row, or in a block.
func effectsOf(st *sqlreview.Text, said []string, err error, fresh []string) (all map[effect]bool, known bool) {
	all = map[effect]bool{}
	var e *pgconn.PgError
	if errors.As(err, &e) {
		all[failing] = true
		return all, st.Block == nil && (e.Code == "23502" && addsColumn(st) ||
			slices.Contains([]string{"42P01", "42703", "42P07", "42701", "42601"}, e.Code))
	}
	for _, message := range said {
		for pattern, effect := range work {
			m := pattern.FindStringSubmatch(message)
			if m == nil || slices.Contains(fresh, m[1]) || strings.HasPrefix(m[1], "pg_toast") {
				continue
			}
			if effect == builds && st.Maintain != nil && st.Maintain.Verb != "reindex" {
				effect = rewrites // with all of its indexes
			}
			all[effect] = true
		}
	}
	switch {
	case st.Truncate != nil: // an index without rows
		delete(all, builds)
	case validates(st): // which others can go on beside
		delete(all, scans)
	}
	return all, err == nil
}

func addsColumn(st *sqlreview.Text) bool {
	return st.AlterTable != nil && slices.ContainsFunc(st.AlterTable.Actions, func(a ast.Action) bool { return a.Kind == ast.AddColumn })
}

func validates(st *sqlreview.Text) bool {
	return st.AlterTable != nil && slices.ContainsFunc(st.AlterTable.Actions, func(a ast.Action) bool { return a.Kind == ast.ValidateConstraint })
}

func (s *score) compare(t *testing.T, place string, st *sqlreview.Text, claimed, actual map[effect]bool) {
	t.Helper()
	s.statements++
	for e := range claims[towpath.EnginePostgres] {
		switch {
		case actual[failing] && e != failing: // nobody sees what it would have done
		case claimed[e] && actual[e]:
			s.right++
		case claimed[e]:
			s.wrong++
			t.Logf("%s:%d: the rules say that it %s, and it does not: %s", place, st.Pos.Line, e, st.Text)
		case actual[e] && !(e == builds && (actual[rewrites] || concurrent(st))):
			s.missed++
			t.Logf("%s:%d: it %s, and no rule says so: %s", place, st.Pos.Line, e, st.Text)
		}
	}
}

// concurrent reports whether a statement builds its index while others write.
func concurrent(st *sqlreview.Text) bool {
	return (st.CreateIndex != nil && st.CreateIndex.Concurrently) || (st.Maintain != nil && st.Maintain.Concurrently)
}
