package plan

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
)

var linked = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// file is a matched file of a repository; its text is its path unless told otherwise.
func file(t testing.TB, template, path string, text ...string) towpath.ManifestFile {
	t.Helper()
	m, _, reason := Scope{Template: mustTemplate(t, template)}.Match(path)
	if !reason.IsZero() {
		t.Fatalf("%s %s", path, reason)
	}
	m.Checksum = sum(append(text, path)[0])
	return towpath.ManifestFile{State: towpath.FileMatched, Migration: m}
}

func sum(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

func environments() []towpath.Environment {
	return []towpath.Environment{
		{ID: "E0", Name: "test", Position: 0},
		{ID: "E1", Name: "staging", Position: 1},
		{ID: "E2", Name: "prod", Position: 2},
	}
}

// database is a readable one that was there when the repository was linked; its id is its name.
func database(name string, entries ...towpath.LedgerEntry) towpath.Database {
	env, short, _ := strings.Cut(name, "/")
	position := map[string]int{"test": 0, "staging": 1, "prod": 2}[env]
	assigned := linked.Add(-time.Hour)
	return towpath.Database{
		ID:            name,
		ProjectID:     "P",
		EnvironmentID: fmt.Sprintf("E%d", position),
		Name:          short,
		AssignedAt:    &assigned,
		Ledger:        towpath.LedgerSnapshot{At: &linked, Entries: entries},
	}
}

// entry is a finished migration of a ledger.
func entry(version, path string, text ...string) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Version: version, Type: towpath.TypeDDL},
		State:       towpath.LedgerDone,
		Path:        path,
		Checksum:    sum(append(text, path)[0]),
		StartedAt:   linked.Add(time.Hour),
	}
}

func unusable(f *towpath.ManifestFile) { f.Reason, f.Checksum = towpath.Why(towpath.ReasonInLFS), "" }

func refused(line, message string) towpath.Reason {
	return towpath.Why(towpath.ReasonStatementRefused, "line", line, "column", "1", "message", message)
}

func populated(d *towpath.Database) { d.Ledger.Populated = true }

func changed[T any](v T, changes ...func(*T)) T {
	for _, change := range changes {
		change(&v)
	}
	return v
}

// short writes a plan down: tasks and items, a line each, without reasons.
func short(p Plan) (tasks, items []string) {
	for _, t := range p.Tasks {
		line := fmt.Sprintf("%s %s %s %s %s", t.DatabaseID, t.Version, t.Type, t.Action, t.State)
		for _, m := range t.Covers {
			line += fmt.Sprintf(" +%s/%s", m.Version, m.Type)
		}
		tasks = append(tasks, line)
	}
	for _, i := range p.Items {
		where := i.DatabaseID
		if where == "" {
			where = "-"
		}
		items = append(items, fmt.Sprintf("%s %s %s", where, i.Path, i.State))
	}
	return tasks, items
}

type buildCase struct {
	name    string
	in      Input
	tasks   []string
	items   []string
	says    []string // must be in some item's reason
	blocked string
}

func runBuild(t *testing.T, cases []buildCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.in.Environments == nil {
				c.in.Environments = environments()
			}
			c.in.LinkedAt = linked
			got := Build(c.in)
			tasks, items := short(got)
			if diff := cmp.Diff(c.tasks, tasks); diff != "" {
				t.Errorf("tasks: %s", diff)
			}
			if diff := cmp.Diff(c.items, items); diff != "" {
				t.Errorf("items: %s", diff)
			}
			var reasons string
			for _, i := range got.Items {
				reasons += i.Reason.String() + "\n"
			}
			for _, s := range c.says {
				if !strings.Contains(reasons, s) {
					t.Errorf("no reason says %q: %s", s, reasons)
				}
			}
			if (c.blocked == "") != got.Blocked.IsZero() ||
				!strings.Contains(got.Blocked.String(), c.blocked) {
				t.Errorf("blocked: %q, want %q", got.Blocked, c.blocked)
			}
		})
	}
}

type (
	files     = []towpath.ManifestFile
	databases = []towpath.Database
)

func TestBuild_findsTheDatabasesOfAFile(t *testing.T) {
	t.Parallel()
	runBuild(t, []buildCase{
		{
			name: "one file goes through every environment that has its database, in order",
			in: Input{
				Files: files{file(t, dbTemplate, "shop/1__ddl__a.sql")},
				Databases: databases{
					database("prod/shop"), database("test/shop"),
					database("staging/audit"),
				},
			},
			tasks: []string{"test/shop 1 ddl apply pending", "prod/shop 1 ddl apply pending"},
			items: []string{"test/shop shop/1__ddl__a.sql pending", "prod/shop shop/1__ddl__a.sql pending"},
		},
		{
			name: "without a database name it goes to every database",
			in: Input{
				Files:     files{file(t, shortTemplate, "1_a.sql")},
				Databases: databases{database("test/shop"), database("test/audit")},
			},
			tasks: []string{"test/audit 1 ddl apply pending", "test/shop 1 ddl apply pending"},
			items: []string{"test/audit 1_a.sql pending", "test/shop 1_a.sql pending"},
		},
		{
			name: "with an environment it goes there only",
			in: Input{
				Files:     files{file(t, fullTemplate, "prod/shop##1##ddl##a.sql")},
				Databases: databases{database("prod/shop"), database("test/shop")},
			},
			tasks: []string{"prod/shop 1 ddl apply pending"},
			items: []string{"prod/shop prod/shop##1##ddl##a.sql pending"},
		},
		{
			name: "an unknown environment is answered by the known ones",
			in: Input{
				Files:     files{file(t, fullTemplate, "qa/shop##1##ddl##a.sql")},
				Databases: databases{database("test/shop")},
			},
			items: []string{"- qa/shop##1##ddl##a.sql no-target"},
			says:  []string{"no-environment environment=qa known=test\nstaging\nprod more=0"},
		},
		{
			name: "an unknown database is answered by those of its environment",
			in: Input{
				Files:     files{file(t, fullTemplate, "test/crm##1##ddl##a.sql")},
				Databases: databases{database("test/shop"), database("test/audit"), database("prod/crm")},
			},
			items: []string{"- test/crm##1##ddl##a.sql no-target"},
			says:  []string{"no-database-there database=crm environment=test known=audit\nshop more=0"},
		},
		{
			name:  "a project without databases says so",
			in:    Input{Files: files{file(t, shortTemplate, "1_a.sql")}},
			items: []string{"- 1_a.sql no-target"},
			says:  []string{"no-databases"},
		},
		{
			name: "two databases of one name in one environment are ambiguous, and later environments wait",
			in: Input{
				Files: files{file(t, dbTemplate, "shop/1__ddl__a.sql")},
				Databases: databases{
					database("test/shop"),
					changed(database("test/shop"), func(d *towpath.Database) { d.ID = "other" }),
					database("prod/shop"),
				},
			},
			items: []string{"prod/shop shop/1__ddl__a.sql blocked", "- shop/1__ddl__a.sql ambiguous"},
			says:  []string{"ambiguous-database database=shop environment=test n=2"},
		},
		{
			name: "what cannot run keeps what is newer waiting, and only where it is missing",
			in: Input{
				Files: files{
					changed(file(t, dbTemplate, "shop/1__ddl__a.sql"), unusable),
					file(t, dbTemplate, "shop/2__ddl__b.sql"),
				},
				Databases: databases{
					database("test/shop", entry("1", "shop/1__ddl__a.sql")),
					database("prod/shop"),
				},
			},
			tasks: []string{"test/shop 2 ddl apply pending"},
			items: []string{
				"test/shop shop/1__ddl__a.sql unusable", "test/shop shop/2__ddl__b.sql pending",
				"prod/shop shop/1__ddl__a.sql unusable", "prod/shop shop/2__ddl__b.sql blocked",
			},
			says: []string{"in-lfs"},
		},
		{
			name: "what an engine refuses is no matter in a baseline file, which never runs",
			in: Input{
				Files:     files{file(t, dbTemplate, "shop/1__baseline__a.sql")},
				Databases: databases{database("test/shop")},
				Engines:   map[string]towpath.EngineType{"test/shop": towpath.EngineSQLite},
				Refused: map[RuledText]towpath.Reason{{
					Checksum: sum("shop/1__baseline__a.sql"), Engine: towpath.EngineSQLite,
				}: refused("1", "COPY is not allowed")},
			},
			tasks: []string{"test/shop 1 baseline record pending +1/baseline"},
			items: []string{"test/shop shop/1__baseline__a.sql pending"},
		},
		{
			name: "what an engine refuses keeps what is newer waiting, where it would run",
			in: Input{
				Files: files{
					file(t, dbTemplate, "shop/1__ddl__a.sql"),
					file(t, dbTemplate, "shop/2__ddl__b.sql"),
				},
				Databases: databases{
					database("test/shop", entry("1", "shop/1__ddl__a.sql")),
					database("staging/shop"), database("prod/shop"),
				},
				Engines: map[string]towpath.EngineType{
					"test/shop":    towpath.EngineSQLite,
					"staging/shop": towpath.EngineMySQL, "prod/shop": towpath.EngineSQLite,
				},
				Refused: map[RuledText]towpath.Reason{
					{Checksum: sum("shop/1__ddl__a.sql"), Engine: towpath.EngineSQLite}: refused("1",
						"ATTACH is not allowed"),
					{Checksum: sum("shop/2__ddl__b.sql"), Engine: towpath.EngineMySQL}: refused("2",
						"USE is not allowed"),
					{Checksum: sum("shop/2__ddl__b.sql"), Engine: towpath.EngineSQLite}: {},
				},
			},
			tasks: []string{"test/shop 2 ddl apply pending", "staging/shop 1 ddl apply pending"},
			items: []string{
				"test/shop shop/1__ddl__a.sql applied", "test/shop shop/2__ddl__b.sql pending",
				"staging/shop shop/1__ddl__a.sql pending", "staging/shop shop/2__ddl__b.sql unusable",
				"prod/shop shop/1__ddl__a.sql unusable", "prod/shop shop/2__ddl__b.sql blocked",
			},
			says: []string{
				"statement-refused column=1 line=1 message=ATTACH is not allowed",
				"statement-refused column=1 line=2 message=USE is not allowed",
			},
		},
		{
			name: "an ignored file is shown with its reason",
			in: Input{Files: files{{State: towpath.FileIgnored, Reason: towpath.Why(towpath.ReasonEnding,
				"have", ".md", "want", ".sql"), Migration: towpath.Migration{Path: "README.md"}}}},
			items: []string{"- README.md ignored"},
			says:  []string{"ending have=.md want=.sql"},
		},
	})
}

func TestBuild_ordersByVersionThenType(t *testing.T) {
	t.Parallel()
	runBuild(t, []buildCase{{
		name: "2 is before 10, ddl before dml",
		in: Input{Databases: databases{database("test/shop")}, Files: files{
			file(t, dbTemplate, "shop/10__ddl__c.sql"), file(t, dbTemplate, "shop/2__dml__b.sql"),
			file(t, dbTemplate, "shop/2__ddl__z.sql"), file(t, dbTemplate, "shop/1.5__baseline__a.sql"),
		}},
		tasks: []string{
			"test/shop 1.5 baseline record pending +1.5/baseline", "test/shop 2 ddl apply pending",
			"test/shop 2 dml apply pending", "test/shop 10 ddl apply pending",
		},
		items: []string{
			"test/shop shop/1.5__baseline__a.sql pending", "test/shop shop/2__ddl__z.sql pending",
			"test/shop shop/2__dml__b.sql pending", "test/shop shop/10__ddl__c.sql pending",
		},
	}})
}

func TestBuild_refusesTwoFilesOfOneMigration(t *testing.T) {
	t.Parallel()
	runBuild(t, []buildCase{
		{
			name: "within a link: neither runs, newer ones wait, older ones go on",
			in: Input{Databases: databases{database("test/shop")}, Files: files{
				file(t, shortTemplate, "1_a.sql"), file(t, shortTemplate, "2_b.sql"),
				file(t, shortTemplate, "02_c.sql"), file(t, shortTemplate, "3_d.sql"),
			}},
			tasks: []string{"test/shop 1 ddl apply pending"},
			items: []string{
				"test/shop 1_a.sql pending", "test/shop 02_c.sql conflict",
				"test/shop 2_b.sql conflict", "test/shop 3_d.sql blocked",
			},
			says: []string{
				"conflict type=ddl version=2 (claimed-by path=02_c.sql)",
				"conflict type=ddl version=2 (claimed-by path=2_b.sql)", "waits-for-file path=02_c.sql (conflict ",
			},
		},
		{
			name: "between links",
			in: Input{
				Databases: databases{database("test/shop")},
				Files:     files{file(t, shortTemplate, "1_a.sql")},
				Others:    files{file(t, dbTemplate, "shop/1__ddl__x.sql")},
			},
			items: []string{"test/shop 1_a.sql conflict"},
			says:  []string{"claimed-elsewhere path=shop/1__ddl__x.sql"},
		},
		{
			name: "in an earlier environment: the file and newer ones wait in later ones too",
			in: Input{
				Databases: databases{database("test/shop"), database("prod/shop")},
				Files:     files{file(t, shortTemplate, "1_a.sql"), file(t, shortTemplate, "2_b.sql")},
				Others:    files{file(t, fullTemplate, "test/shop##1##ddl##x.sql")},
			},
			items: []string{
				"test/shop 1_a.sql conflict", "test/shop 2_b.sql blocked",
				"prod/shop 1_a.sql blocked", "prod/shop 2_b.sql blocked",
			},
			says: []string{"not-passed database=shop environment=test (conflict "},
		},
		{
			name: "another type of the same version is another migration",
			in: Input{
				Databases: databases{database("test/shop")},
				Files:     files{file(t, dbTemplate, "shop/1__ddl__a.sql")},
				Others:    files{file(t, dbTemplate, "shop/1__dml__x.sql")},
			},
			tasks: []string{"test/shop 1 ddl apply pending"},
			items: []string{"test/shop shop/1__ddl__a.sql pending"},
		},
	})
}

func TestBuild_namesWhatATaskIsAbout(t *testing.T) {
	t.Parallel()
	in := Input{
		Files:     files{file(t, shortTemplate, "v01_add_it.sql")},
		Databases: databases{database("prod/shop")}, Environments: environments(),
	}
	got := Build(in).Tasks
	m := in.Files[0].Migration
	m.Environment, m.Database = "prod", "shop"
	want := []towpath.Task{{
		ProjectID: "P", DatabaseID: "prod/shop", EnvironmentID: "E2", Stage: 2, Sequence: 1,
		Action: towpath.ActionApply, Migration: m, State: towpath.TaskPending,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestCompared_listsWhatIsNotEqual(t *testing.T) {
	t.Parallel()
	one, two := file(t, shortTemplate, "1_a.sql"), file(t, shortTemplate, "2_b.sql")
	in := Input{Files: files{one}, Databases: databases{
		database("test/shop", entry("1", "1_a.sql")),
		database("prod/shop", entry("1", "1_a.sql")),
	}}
	if got := in.Compared(); len(got) != 0 {
		t.Errorf("equal texts are compared: %v", got)
	}
	in.Databases = append(in.Databases, database("prod/audit", entry("1", "1_a.sql", "other"),
		entry("7", "gone", "gone")))
	in.Files = append(in.Files, two)
	got := in.Compared()
	for _, want := range []string{one.Checksum, two.Checksum, sum("other"), sum("gone")} {
		if !slices.Contains(got, want) {
			t.Errorf("%v lacks %s", got, want)
		}
	}
}
