package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/mysql"
	"towpath/internal/engine/postgres"
	"towpath/internal/engine/sqlite"
	"towpath/internal/rehearsal"
	"towpath/internal/sqlreview"
	"towpath/internal/wording"
)

// stage is where files are rehearsed in a test.
type stage struct {
	engine   engine.Engine
	instance engine.Target
}

func stages(t *testing.T) map[string]stage {
	t.Helper()
	return map[string]stage{
		"postgres": {engine: postgres.New(), instance: servers.postgres.Target()},
		"mysql":    {engine: mysql.New(), instance: servers.mariadb.Target()},
		"sqlite":   {engine: sqlite.New(sqlite.Config{Root: os.TempDir()})},
	}
}

// rehearse runs a setup and files, each named by its place.
func (s stage) rehearse(t *testing.T, setup string, files ...string) towpath.Rehearsal {
	t.Helper()
	in := rehearsal.Input{Engine: s.engine, Instance: s.instance, Logger: slog.New(slog.NewTextHandler(t.Output(), nil))}
	if setup != "" {
		in.Setup = []rehearsal.File{{Path: "setup.sql", Content: setup}}
	}
	for i, text := range files {
		in.Files = append(in.Files, rehearsal.File{Path: fmt.Sprintf("%d.sql", i+1), Content: text})
	}
	result, err := rehearsal.Run(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// measured are the facts of a rehearsal, without its times.
func measured(r towpath.Rehearsal) (all []string) {
	for _, f := range r.Files {
		all = append(all, fmt.Sprintf("%s %s whole=%t rows=%d", f.Path, f.State, f.Whole, f.Rows))
		for _, l := range f.Locks {
			all = append(all, fmt.Sprintf("  %d %s %s", l.Line, l.Table, l.Mode))
		}
		for _, table := range f.Rewrites {
			all = append(all, "  writes again "+table)
		}
		for _, s := range f.Statements {
			if s.Algorithm != "" || s.Unseen != "" {
				all = append(all, strings.TrimRight(fmt.Sprintf("  %d by %s %s", s.Line, s.Algorithm, s.Unseen), " "))
			}
		}
		if f.Failure != nil {
			all = append(all, fmt.Sprintf("  %d:%d %s", f.Failure.Line, f.Failure.Column, wording.Text(f.Failure.Reason)))
		}
	}
	return all
}

func TestRehearsal_measuresWhatAServerDoes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		engine string
		setup  string
		files  []string
		want   []string
		diff   string // a line of the schema's difference
	}{
		"PostgreSQL, locks and a rewrite": {
			engine: "postgres",
			setup:  `CREATE TABLE "order" (id int PRIMARY KEY, note text); CREATE TABLE größe (id int); INSERT INTO "order" VALUES (1), (2)`,
			files: []string{
				"CREATE INDEX i ON \"order\" (note);\nALTER TABLE größe ALTER id TYPE bigint;\nCREATE TABLE fresh (id int);\nALTER TABLE fresh ALTER id TYPE bigint",
				"UPDATE \"order\" SET note = 'x'",
				"ALTER TABLE \"order\" ADD amount int NOT NULL DEFAULT 0;\nTRUNCATE größe",
			},
			want: []string{
				"1.sql done whole=true rows=0", "  2 größe AccessExclusiveLock", "  1 order ShareLock", "  writes again größe",
				"2.sql done whole=true rows=2", "  1 order RowExclusiveLock",
				"3.sql done whole=true rows=0", "  2 größe AccessExclusiveLock", "  1 order AccessExclusiveLock",
			},
			diff: "+CREATE INDEX i ON public.\"order\" USING btree (note);",
		},
		"PostgreSQL, statements without a transaction": {
			engine: "postgres",
			setup:  "CREATE TABLE a (id int, b int); CREATE INDEX old ON a (b)",
			files: []string{
				"CREATE INDEX CONCURRENTLY i ON a (id);\nVACUUM FULL a",
				"DROP INDEX CONCURRENTLY old",
			},
			want: []string{
				"1.sql done whole=false rows=0", "  2 a AccessExclusiveLock", "  writes again a",
				"2.sql done whole=false rows=0", "  1 a ShareUpdateExclusiveLock",
			},
		},
		"PostgreSQL, a failure at its place": {
			engine: "postgres",
			setup:  "CREATE TABLE a (id int PRIMARY KEY); INSERT INTO a VALUES (1)",
			files:  []string{"SELECT 1;\n  INSERT INTO a VALUES (1)", "SELECT 2"},
			want: []string{
				"1.sql failed whole=true rows=0",
				`  2:3 duplicate key value violates unique constraint "a_pkey" (Key (id)=(1) already exists.) (SQLSTATE 23505)`,
				"2.sql skipped whole=false rows=0",
			},
		},
		"MariaDB, ways to change a table": {
			engine: "mysql",
			setup:  "CREATE TABLE `order` (id INT PRIMARY KEY, note VARCHAR(10), KEY k (note)); INSERT INTO `order` VALUES (1, 'a')",
			files: []string{
				"ALTER TABLE `order` ADD amount INT -- at the end",
				"ALTER TABLE `order` MODIFY note TEXT",
				"CREATE INDEX i ON `order` (amount)",
				"ALTER TABLE `order` DROP PRIMARY KEY, ADD PRIMARY KEY (id, note(5))",
				"UPDATE `order` SET amount = 2",
				"CREATE TABLE fresh (id INT); ALTER TABLE fresh MODIFY id BIGINT",
				"ALTER TABLE `order` RENAME TO `kunden größe`", "ALTER TABLE `kunden größe` MODIFY note VARCHAR(20), ALGORITHM=COPY",
				"ALTER TABLE `kunden größe` ENGINE = MyISAM",
			},
			want: []string{
				"1.sql done whole=false rows=0", "  1 order LOCK=NONE", "  1 by INSTANT",
				"2.sql done whole=false rows=0", "  1 order LOCK=SHARED", "  writes again order", "  1 by COPY",
				"3.sql done whole=false rows=0", "  1 order LOCK=NONE", "  1 by NOCOPY",
				"4.sql done whole=false rows=0", "  1 order LOCK=NONE", "  writes again order", "  1 by INPLACE",
				"5.sql done whole=true rows=1",
				"6.sql done whole=false rows=0",
				"7.sql done whole=false rows=0",
				"  1 by  the server was not asked which lock it needs: the statement has no place for that",
				"8.sql done whole=false rows=0", "  1 kunden größe LOCK=SHARED", "  writes again kunden größe",
				"9.sql done whole=false rows=0", "  1 kunden größe LOCK=SHARED", "  writes again kunden größe", "  1 by COPY",
			},
		},
		"SQLite, a table made again": {
			engine: "sqlite",
			setup:  "CREATE TABLE a (id INTEGER PRIMARY KEY, b TEXT); CREATE TABLE c (id INTEGER); INSERT INTO a VALUES (1, 'x')",
			files: []string{
				"CREATE TABLE n (id INTEGER PRIMARY KEY, b INTEGER);\nINSERT INTO n SELECT * FROM a;\nDROP TABLE a;\nALTER TABLE n RENAME TO a",
				"ALTER TABLE c ADD COLUMN x INT", "SELECT 1",
			},
			want: []string{
				"1.sql done whole=true rows=1", "  1  EXCLUSIVE", "  writes again a",
				"2.sql done whole=true rows=0", "  1  EXCLUSIVE", "3.sql done whole=true rows=0",
			},
			diff: "+  , b INTEGER",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := stages(t)[c.engine].rehearse(t, c.setup, c.files...)
			if diff := cmp.Diff(strings.Join(c.want, "\n"), strings.Join(measured(result), "\n")); diff != "" {
				t.Errorf("it measured something else:\n%s\nall of it:\n%s", diff, strings.Join(measured(result), "\n"))
			}
			if c.diff != "" && !slices.Contains(strings.Split(result.Schema, "\n"), c.diff) {
				t.Errorf("the schema's difference is\n%s", result.Schema)
			}
			if result.Seconds <= 0 || result.Server == "" {
				t.Errorf("it took %f seconds on %q", result.Seconds, result.Server)
			}
		})
	}
}

// rehearsalURL is the address of an instance for --rehearse.
func rehearsalURL(scheme string, target engine.Target) string {
	u := url.URL{
		Scheme: scheme, User: url.UserPassword(target.Username, target.Password), Host: target.Address,
		Path: "/" + target.Database, RawQuery: "tls=disable",
	}
	return u.String()
}

// checks runs the program's check in a folder of files, and returns its exit code and outputs.
func checks(t *testing.T, files map[string]string, args ...string) (code int, out, errs string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command := exec.CommandContext(t.Context(), "towpath", append([]string{"check"}, args...)...)
	command.Dir = dir
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil && command.ProcessState == nil {
		t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), stdout.String(), stderr.String()
}

func TestCheck_rehearses(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"setup.sql": "CREATE TABLE orders (id int PRIMARY KEY, note varchar(9) NOT NULL);",
		"1.sql":     "ALTER TABLE orders ADD COLUMN amount int;\n",
		"2.sql":     "-- a row without a note\n  INSERT INTO orders (id) VALUES (NULL);\n",
	}
	for dialect, url := range map[string]string{
		"postgres": rehearsalURL("postgres", servers.postgres.Target()),
		"mysql":    rehearsalURL("mariadb", servers.mariadb.Target()), "sqlite": "sqlite:",
	} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			args := []string{"--dialect", dialect, "--setup", "setup.sql", "--rehearse", url}
			code, out, errs := checks(t, files, append(args, "1.sql")...)
			if code != 0 || !strings.Contains(out, "\n  1.sql: done, 1 statement, 0 rows, ") ||
				!strings.Contains(out, "\n    line 1 locks ") || !strings.Contains(out, "amount") {
				t.Errorf("exit code %d and\n%s%s", code, out, errs)
			}
			code, out, errs = checks(t, files, append(args, "--format", "json", "1.sql", "2.sql")...)
			var report checkReport
			if err := json.Unmarshal([]byte(out), &report); err != nil || report.Rehearsal == nil {
				t.Fatalf("exit code %d, %v in\n%s%s", code, err, out, errs)
			}
			at := slices.IndexFunc(report.Findings, func(f sqlreview.Finding) bool { return f.Rule == "RH01" })
			if code != exitFound || at < 0 || report.Findings[at].Path != "2.sql" || report.Findings[at].Line != 2 ||
				report.Findings[at].Column != 3 || report.Findings[at].Level != sqlreview.Error ||
				len(report.Rehearsal.Files) != 2 || report.Rehearsal.Files[1].Failure == nil {
				t.Errorf("exit code %d and\n%s%s", code, out, errs)
			}
			code, out, errs = checks(t, map[string]string{"setup.sql": "CREATE TABLE a (id nothing at all)", "1.sql": "SELECT 1"},
				append(args, "1.sql")...)
			if code != exitUsage || out != "" || !strings.Contains(errs, "setup.sql:1:") {
				t.Errorf("a setup that fails: exit code %d and\n%s%s", code, out, errs)
			}
		})
	}
	refused := servers.postgres.Target()
	refused.Password = "wrong one"
	for url, want := range map[string]string{
		rehearsalURL("postgres", refused): "not rehearsed: The server refuses the user owner", "oracle://x": "no kind of server",
		"postgres://a:secret@%zz": "no address", "postgres://a@b/c?sslrootcert=x": "no option sslrootcert",
		"mysql://a@b": "set --dialect",
	} {
		code, out, errs := checks(t, files, "--rehearse", url, "1.sql")
		if code != exitUsage || out != "" || !strings.Contains(errs, want) || strings.Contains(errs, "secret") ||
			strings.Contains(errs, "wrong one") {
			t.Errorf("%s: exit code %d and\n%s%s", url, code, out, errs)
		}
	}
}
