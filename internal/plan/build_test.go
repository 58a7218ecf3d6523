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
	m, _, reason := Scope{"", mustTemplate(t, template)}.Match(path)
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
			says:  []string{"no-environment environment=qa known=test, staging, prod"},
		},
		{
			name: "an unknown database is answered by those of its environment",
			in: Input{
				Files:     files{file(t, fullTemplate, "test/crm##1##ddl##a.sql")},
				Databases: databases{database("test/shop"), database("test/audit"), database("prod/crm")},
			},
			items: []string{"- test/crm##1##ddl##a.sql no-target"},
			says:  []string{"no-database-there database=crm environment=test known=audit, shop"},
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
				Refused: map[Ruled]towpath.Reason{{
					sum("shop/1__baseline__a.sql"), towpath.EngineSQLite,
					false,
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
				Refused: map[Ruled]towpath.Reason{
					{sum("shop/1__ddl__a.sql"), towpath.EngineSQLite, false}: refused("1",
						"ATTACH is not allowed"),
					{sum("shop/2__ddl__b.sql"), towpath.EngineMySQL, false}: refused("2",
						"USE is not allowed"),
					{sum("shop/2__ddl__b.sql"), towpath.EngineSQLite, false}: {},
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

func TestBuild_refusesTwoFilesOfOneIdentity(t *testing.T) {
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
				"conflict files=`02_c.sql` type=ddl version=2",
				"conflict files=`2_b.sql` type=ddl version=2", "waits-for-file path=02_c.sql (conflict ",
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
			says:  []string{"`shop/1__ddl__x.sql` of another repository link"},
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

func TestBuild_comparesWithTheLedger(t *testing.T) {
	t.Parallel()
	one, two := file(t, shortTemplate, "1_a.sql"), file(t, shortTemplate, "2_b.sql")
	failed := changed(entry("1", "1_a.sql"), func(e *towpath.LedgerEntry) { e.State = towpath.LedgerFailed })
	runBuild(t, []buildCase{
		{
			name: "what was applied is not planned",
			in: Input{
				Files:     files{one, two},
				Databases: databases{database("test/shop", entry("1", "1_a.sql"))},
			},
			tasks: []string{"test/shop 2 ddl apply pending"},
			items: []string{"test/shop 1_a.sql applied", "test/shop 2_b.sql pending"},
		},
		{
			name: "what was recorded is baselined",
			in: Input{Files: files{one}, Databases: databases{database("test/shop",
				changed(entry("1", "1_a.sql"),
					func(e *towpath.LedgerEntry) { e.State = towpath.LedgerBaselined }))}},
			items: []string{"test/shop 1_a.sql baselined"},
		},
		{
			name: "the same text under another path was renamed",
			in: Input{
				Files:     files{one},
				Databases: databases{database("test/shop", entry("1", "old/1_a.sql", "1_a.sql"))},
			},
			items: []string{"test/shop 1_a.sql renamed"},
			says:  []string{"renamed path=old/1_a.sql"},
		},
		{
			name: "another text was edited, and does not go on to later environments, nor does what is newer",
			in: Input{Files: files{one, two}, Databases: databases{
				database("test/shop", entry("1", "1_a.sql", "old text")), database("prod/shop"),
			}},
			tasks: []string{"test/shop 2 ddl apply pending"},
			items: []string{
				"test/shop 1_a.sql edited", "test/shop 2_b.sql pending",
				"prod/shop 1_a.sql blocked", "prod/shop 2_b.sql blocked",
			},
			says: []string{"edited"},
		},
		{
			name: "other line ends are no edit",
			in: Input{
				Files: files{one},
				Databases: databases{
					database("test/shop", entry("1", "1_a.sql", "old ends")),
					database("prod/shop"),
				},
				Texts: map[string]string{sum("1_a.sql"): "the text", sum("old ends"): "the text"},
			},
			tasks: []string{"prod/shop 1 ddl apply pending"},
			items: []string{"test/shop 1_a.sql applied", "prod/shop 1_a.sql pending"},
		},
		{
			name: "a text whose line ends alone are known is another one",
			in: Input{
				Files:     files{one},
				Databases: databases{database("test/shop", entry("1", "1_a.sql", "old ends"))},
				Texts:     map[string]string{sum("1_a.sql"): "the text"},
			},
			items: []string{"test/shop 1_a.sql edited"},
		},
		{
			name: "other line ends under another version would run twice",
			in: Input{
				Files:     files{two},
				Databases: databases{database("test/shop", entry("1", "1_a.sql", "old ends"))},
				Texts:     map[string]string{sum("2_b.sql"): "the text", sum("old ends"): "the text"},
			},
			tasks: []string{"test/shop 2 ddl apply held"},
			items: []string{"test/shop 2_b.sql moved", "test/shop 1_a.sql missing"},
		},
		{
			name: "a skipped text stays skipped with other line ends",
			in: Input{
				Files: files{one}, Databases: databases{database("test/shop")},
				Skipped: []towpath.Task{{DatabaseID: "test/shop", Migration: file(t, shortTemplate, "1_a.sql",
					"old ends").Migration, Reason: towpath.Why(towpath.ReasonSkipped, "text", "no")}},
				Texts: map[string]string{sum("1_a.sql"): "the text", sum("old ends"): "the text"},
			},
			items: []string{"test/shop 1_a.sql skipped"},
		},
		{
			name: "an edited file goes on to other databases of the same environment",
			in: Input{Files: files{one}, Databases: databases{
				database("test/audit", entry("1", "1_a.sql", "old text")), database("test/shop"),
			}},
			tasks: []string{"test/shop 1 ddl apply pending"},
			items: []string{"test/audit 1_a.sql edited", "test/shop 1_a.sql pending"},
		},
		{
			name: "an entry that was recorded by its version alone counts as the file",
			in: Input{Files: files{one}, Databases: databases{database("test/shop",
				changed(entry("1", ""), func(e *towpath.LedgerEntry) { e.Checksum = "" }))}},
			items: []string{"test/shop 1_a.sql applied"},
		},
		{
			name: "what failed half-way makes nothing late",
			in: Input{Files: files{one, two}, Databases: databases{database("test/shop",
				changed(entry("2", "2_b.sql"),
					func(e *towpath.LedgerEntry) { e.State = towpath.LedgerFailed }))}},
			tasks: []string{"test/shop 1 ddl apply pending", "test/shop 2 ddl apply pending"},
			items: []string{"test/shop 1_a.sql pending", "test/shop 2_b.sql pending"},
		},
		{
			name: "an entry without a file has missing",
			in: Input{
				Files:     files{two},
				Databases: databases{database("test/shop", entry("1", "1_a.sql"), entry("2", "2_b.sql"))},
			},
			items: []string{"test/shop 2_b.sql applied", "test/shop 1_a.sql missing"},
		},
		{
			name: "an entry of another link's file has not missing, nor has a baseline",
			in: Input{
				Files: files{two}, Others: files{one},
				Databases: databases{database("test/shop", entry("1", "1_a.sql"), entry("2", "2_b.sql"),
					changed(entry("1", ""), func(e *towpath.LedgerEntry) { e.Type = towpath.TypeBaseline }))},
			},
			items: []string{"test/shop 2_b.sql applied"},
		},
		{
			name: "the text of a missing entry under a new version is held as moved, even where late ones are applied",
			in: Input{
				Late: towpath.LateApply, Files: files{file(t, shortTemplate, "3_a.sql", "same")},
				Databases: databases{database("test/shop", entry("1", "1_a.sql", "same"))},
			},
			tasks: []string{"test/shop 3 ddl apply held"},
			items: []string{"test/shop 3_a.sql moved", "test/shop 1_a.sql missing"},
			says:  []string{"moved path="},
		},
		{
			name:  "what failed half-way is planned again",
			in:    Input{Files: files{one}, Databases: databases{database("test/shop", failed)}},
			tasks: []string{"test/shop 1 ddl apply pending"},
			items: []string{"test/shop 1_a.sql pending"},
		},
	})
}

func TestBuild_treatsLateVersionsByPolicy(t *testing.T) {
	t.Parallel()
	late := func(policy towpath.LatePolicy) Input {
		return Input{
			Late: policy, Files: files{
				file(t, shortTemplate, "1_a.sql"),
				file(t, shortTemplate, "2_b.sql"), file(t, shortTemplate, "3_c.sql"),
			},
			Databases: databases{database("test/shop", entry("2", "2_b.sql"))},
		}
	}
	items := func(state string) []string {
		return []string{
			"test/shop 1_a.sql " + state, "test/shop 2_b.sql applied",
			"test/shop 3_c.sql pending",
		}
	}
	refused := late(towpath.LateRefuse)
	refused.Databases = append(refused.Databases, database("prod/shop"))
	runBuild(t, []buildCase{
		{
			name: "hold", in: late(towpath.LateHold), items: items("held"),
			says:  []string{"late-held version=2"},
			tasks: []string{"test/shop 1 ddl apply held", "test/shop 3 ddl apply pending"},
		},
		{
			name: "no policy holds", in: late(""), items: items("held"),
			tasks: []string{"test/shop 1 ddl apply held", "test/shop 3 ddl apply pending"},
		},
		{
			name: "apply", in: late(towpath.LateApply), items: items("pending"),
			tasks: []string{"test/shop 1 ddl apply pending", "test/shop 3 ddl apply pending"},
		},
		{
			name: "refuse: it does not reach later environments, newer ones do", in: refused,
			tasks: []string{
				"test/shop 3 ddl apply pending", "prod/shop 2 ddl apply pending",
				"prod/shop 3 ddl apply pending",
			},
			items: append(items("refused"), "prod/shop 1_a.sql blocked", "prod/shop 2_b.sql pending",
				"prod/shop 3_c.sql pending"),
		},
	})
}

func TestBuild_recordsTheChoiceMadeAtLinking(t *testing.T) {
	t.Parallel()
	three := files{
		file(t, shortTemplate, "1_a.sql"), file(t, shortTemplate, "2_b.sql"),
		file(t, shortTemplate, "3_c.sql"),
	}
	marker := towpath.LedgerEntry{
		MigrationID: towpath.MigrationID{Version: "2", Type: towpath.TypeBaseline},
		State:       towpath.LedgerBaselined, StartedAt: linked.Add(time.Minute),
	}
	later := func(d *towpath.Database) { d.AssignedAt = ptr(linked.Add(time.Second)) }
	runBuild(t, []buildCase{
		{
			name: "what was there is recorded first, what is newer runs",
			in:   Input{BaselinedUpTo: "2", Files: three, Databases: databases{database("test/shop")}},
			tasks: []string{
				"test/shop 2 baseline record pending +2/baseline +1/ddl +2/ddl",
				"test/shop 3 ddl apply pending",
			},
			items: []string{
				"test/shop 1_a.sql pending", "test/shop 2_b.sql pending",
				"test/shop 3_c.sql pending",
			},
			says: []string{"will-be-recorded"},
		},
		{
			name: "a file that is that baseline is recorded once",
			in: Input{
				BaselinedUpTo: "2", Databases: databases{database("test/shop")},
				Files: files{
					file(t, dbTemplate, "shop/2__baseline__b.sql"),
					file(t, dbTemplate, "shop/1__ddl__a.sql"),
				},
			},
			tasks: []string{"test/shop 2 baseline record pending +2/baseline +1/ddl"},
			items: []string{
				"test/shop shop/1__ddl__a.sql pending",
				"test/shop shop/2__baseline__b.sql pending",
			},
		},
		{
			name: "once it is recorded, old versions that come are late",
			in: Input{BaselinedUpTo: "2", Files: three, Databases: databases{database("test/shop", marker,
				entry("2", "2_b.sql"))}},
			tasks: []string{"test/shop 1 ddl apply held", "test/shop 3 ddl apply pending"},
			items: []string{
				"test/shop 1_a.sql held", "test/shop 2_b.sql applied",
				"test/shop 3_c.sql pending",
			},
		},
		{
			name: "the baseline of another link that was recorded after this one was made holds this link's files, whatever the policy",
			in: Input{
				LinkID: "B", BaselinedUpTo: "2", Late: towpath.LateApply, Files: three,
				Databases: databases{database("test/shop",
					changed(marker,
						func(e *towpath.LedgerEntry) {
							e.Description = "applied before the repository was linked " +
								"(link A)"
						}))},
			},
			tasks: []string{
				"test/shop 1 ddl apply held", "test/shop 2 ddl apply held",
				"test/shop 3 ddl apply pending",
			},
			items: []string{"test/shop 1_a.sql held", "test/shop 2_b.sql held", "test/shop 3_c.sql pending"},
			says:  []string{"foreign-baseline version="},
		},
		{
			name: "a link knows the baseline that it recorded itself, whatever the clocks say",
			in: Input{
				LinkID: "A", BaselinedUpTo: "2", Late: towpath.LateApply, Files: three[:2],
				Databases: databases{database("test/shop",
					changed(marker, func(e *towpath.LedgerEntry) {
						e.Description, e.StartedAt = "applied before the repository was linked (link A)",
							linked.Add(-time.Minute)
					}), entry("2", "2_b.sql"))},
			},
			tasks: []string{"test/shop 1 ddl apply pending"},
			items: []string{"test/shop 1_a.sql pending", "test/shop 2_b.sql applied"},
		},
		{
			name: "a baseline that is another link's file is that link's",
			in: Input{
				LinkID: "B", BaselinedUpTo: "2", Late: towpath.LateApply, Files: three[:1],
				Databases: databases{database("test/shop",
					changed(marker, func(e *towpath.LedgerEntry) { e.Path = "shop/2__baseline__b.sql" }))},
				Others: files{file(t, dbTemplate, "shop/2__baseline__b.sql")},
			},
			tasks: []string{"test/shop 1 ddl apply held"},
			items: []string{"test/shop 1_a.sql held"},
		},
		{
			name: "a baseline without a name that was recorded before this link was made holds this link's files, whatever the policy",
			in: Input{
				BaselinedUpTo: "2", Late: towpath.LateApply, Files: three,
				Databases: databases{database("test/shop",
					changed(marker, func(e *towpath.LedgerEntry) { e.StartedAt = linked.Add(-time.Minute) }))},
			},
			tasks: []string{
				"test/shop 1 ddl apply held", "test/shop 2 ddl apply held",
				"test/shop 3 ddl apply pending",
			},
			items: []string{"test/shop 1_a.sql held", "test/shop 2_b.sql held", "test/shop 3_c.sql pending"},
		},
		{
			name: "a database that came later runs everything",
			in: Input{
				BaselinedUpTo: "2", Files: three[:1],
				Databases: databases{changed(database("test/shop"), later)},
			},
			tasks: []string{"test/shop 1 ddl apply pending"},
			items: []string{"test/shop 1_a.sql pending"},
		},
		{
			name: "a database that came later with tables of its own is held",
			in: Input{
				BaselinedUpTo: "2", Files: three[:2],
				Databases: databases{changed(database("test/shop"), func(d *towpath.Database) {
					later(d)
					d.Ledger.Populated = true
				})},
			},
			tasks: []string{"test/shop 1 ddl apply held", "test/shop 2 ddl apply held"},
			items: []string{"test/shop 1_a.sql held", "test/shop 2_b.sql held"},
			says:  []string{"populated"},
		},
		{
			name:  "tables hold what comes to a database for which no baseline was chosen",
			in:    Input{Files: three[:1], Databases: databases{changed(database("test/shop"), populated)}},
			tasks: []string{"test/shop 1 ddl apply held"},
			items: []string{"test/shop 1_a.sql held"},
			says:  []string{"populated"},
		},
		{
			name: "one that was assigned at that very moment with tables of its own runs what the choice lets run",
			in: Input{
				BaselinedUpTo: "2", Files: three,
				Databases: databases{changed(database("test/shop"), populated, func(d *towpath.Database) {
					d.AssignedAt = &linked
				})},
			},
			tasks: []string{
				"test/shop 2 baseline record pending +2/baseline +1/ddl +2/ddl",
				"test/shop 3 ddl apply pending",
			},
			items: []string{
				"test/shop 1_a.sql pending", "test/shop 2_b.sql pending",
				"test/shop 3_c.sql pending",
			},
		},
		{
			name: "each database has the baseline that was chosen for it, or else that of the link",
			in: Input{
				BaselinedUpTo: "2", Baselines: map[string]string{"test/shop": "3", "prod/shop": "1"},
				Files: three, Databases: databases{
					changed(database("test/shop"), populated), changed(database("staging/shop"), populated),
					changed(database("prod/shop"), populated),
				},
			},
			tasks: []string{
				"test/shop 3 baseline record pending +3/baseline +1/ddl +2/ddl +3/ddl",
				"staging/shop 2 baseline record pending +2/baseline +1/ddl +2/ddl",
				"staging/shop 3 ddl apply pending", "prod/shop 1 baseline record pending +1/baseline +1/ddl",
				"prod/shop 2 ddl apply pending", "prod/shop 3 ddl apply pending",
			},
			items: []string{
				"test/shop 1_a.sql pending", "test/shop 2_b.sql pending", "test/shop 3_c.sql pending",
				"staging/shop 1_a.sql pending", "staging/shop 2_b.sql pending",
				"staging/shop 3_c.sql pending", "prod/shop 1_a.sql pending", "prod/shop 2_b.sql pending",
				"prod/shop 3_c.sql pending",
			},
		},
		{
			name: "one of which somebody has said that it has no file yet runs all, whatever the link's own baseline",
			in: Input{
				BaselinedUpTo: "2", Baselines: map[string]string{"test/shop": ""}, Files: three[:2],
				Databases: databases{changed(database("test/shop"), populated)},
			},
			tasks: []string{"test/shop 1 ddl apply pending", "test/shop 2 ddl apply pending"},
			items: []string{"test/shop 1_a.sql pending", "test/shop 2_b.sql pending"},
		},
		{
			name: "one that was taken out of the project and came back was chosen for in another state",
			in: Input{
				Baselines: map[string]string{"test/shop": "2"}, Files: three[:1],
				Databases: databases{changed(database("test/shop"), populated, later)},
			},
			tasks: []string{"test/shop 1 ddl apply held"},
			items: []string{"test/shop 1_a.sql held"},
		},
		{
			name: "tables do not hold what comes to a database with a ledger",
			in: Input{
				Files: three[:2],
				Databases: databases{changed(database("test/shop", entry("1", "1_a.sql")),
					func(d *towpath.Database) {
						later(d)
						d.Ledger.Populated = true
					})},
			},
			tasks: []string{"test/shop 2 ddl apply pending"},
			items: []string{"test/shop 1_a.sql applied", "test/shop 2_b.sql pending"},
		},
		{
			name: "another link's file that is the same baseline goes first",
			in: Input{
				BaselinedUpTo: "2", Files: three[:1], Databases: databases{database("test/shop")},
				Others: files{file(t, dbTemplate, "shop/2__baseline__b.sql")},
			},
			items: []string{"test/shop 1_a.sql blocked"},
			says:  []string{"waits-for-baseline path=shop/2__baseline__b.sql version=2"},
		},
		{
			name: "a conflict among the covered ones keeps everything waiting",
			in: Input{
				BaselinedUpTo: "2", Databases: databases{database("test/shop")},
				Files: append(files{file(t, shortTemplate, "02_z.sql")}, three...),
			},
			items: []string{
				"test/shop 1_a.sql blocked", "test/shop 02_z.sql conflict",
				"test/shop 2_b.sql conflict", "test/shop 3_c.sql blocked",
			},
		},
		{
			name:  "a database that no file goes to is left alone",
			in:    Input{BaselinedUpTo: "2", Databases: databases{database("test/shop")}},
			items: nil,
		},
	})
}

func ptr[T any](v T) *T { return &v }

func TestBuild_stopsAtDatabasesItKnowsNothingOf(t *testing.T) {
	t.Parallel()
	one := files{file(t, shortTemplate, "1_a.sql")}
	around := func(change func(*towpath.Database)) databases {
		return databases{
			database("test/shop"), database("staging/audit"),
			changed(database("staging/shop"), change), database("prod/shop", entry("0", "0_z.sql")),
		}
	}
	items := func(state string) []string {
		return []string{
			"test/shop 1_a.sql pending", "staging/audit 1_a.sql pending",
			"staging/shop 1_a.sql " + state, "prod/shop 1_a.sql blocked", "prod/shop 0_z.sql missing",
		}
	}
	tasks := []string{"test/shop 1 ddl apply pending", "staging/audit 1 ddl apply pending"}
	runBuild(t, []buildCase{
		{
			name: "its ledger cannot be read",
			in: Input{
				Files:     one,
				Databases: around(func(d *towpath.Database) { d.Ledger.Error = "connection refused" }),
			},
			tasks: tasks, items: items("unreachable"),
			blocked: "database-stopped database=shop environment=staging (ledger-unreadable message=connection refused)",
			says:    []string{"waits-for-databases (database-stopped "},
		},
		{
			name:  "its ledger was never read",
			in:    Input{Files: one, Databases: around(func(d *towpath.Database) { d.Ledger.At = nil })},
			tasks: tasks, items: items("unreachable"), blocked: "ledger-unread",
		},
		{
			name:  "it is missing",
			in:    Input{Files: one, Databases: around(func(d *towpath.Database) { d.MissingAt = &linked })},
			tasks: tasks, items: items("unreachable"), blocked: "database-missing",
		},
		{
			name: "its ledger is a copy of another's",
			in: Input{Files: one, Databases: around(func(d *towpath.Database) {
				d.Ledger.Entries = []towpath.LedgerEntry{changed(entry("1", "1_a.sql"),
					func(e *towpath.LedgerEntry) { e.DatabaseID = "prod/shop" })}
			})}, tasks: tasks, items: items("foreign-ledger"), blocked: "foreign-ledger",
		},
		{
			name: "a ledger of its own is fine", in: Input{Files: one, Databases: databases{database("test/shop",
				changed(entry("1", "1_a.sql"), func(e *towpath.LedgerEntry) { e.DatabaseID = "test/shop" }))}},
			items: []string{"test/shop 1_a.sql applied"},
		},
		{
			name: "one that no file goes to stops nothing", in: Input{
				Files: files{file(t, dbTemplate, "shop/1__ddl__a.sql")},
				Databases: databases{changed(database("test/audit"),
					func(d *towpath.Database) { d.Ledger.Error = "down" }), database("prod/shop")},
			},
			tasks: []string{"prod/shop 1 ddl apply pending"},
			items: []string{"prod/shop shop/1__ddl__a.sql pending"},
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

func TestBuild_leavesOutWhatAPersonSkippedUntilItsTextChanges(t *testing.T) {
	t.Parallel()
	const template = "{{VERSION}}_{{DESCRIPTION}}.sql"
	skipped := towpath.Task{
		DatabaseID: "test/shop", Migration: file(t, template, "1_a.sql").Migration,
		Reason: towpath.Why(towpath.ReasonSkipped, "text", "not here"),
	}
	in := Input{
		Environments: environments(),
		Databases:    []towpath.Database{database("test/shop"), database("staging/shop")},
		LinkedAt:     linked,
		Skipped:      []towpath.Task{skipped},
	}
	in.Files = []towpath.ManifestFile{file(t, template, "1_a.sql")}
	tasks, items := short(Build(in))
	if diff := cmp.Diff([]string{"staging/shop 1 ddl apply pending"}, tasks); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"test/shop 1_a.sql skipped", "staging/shop 1_a.sql pending"},
		items); diff != "" {
		t.Error(diff)
	}
	in.Files = []towpath.ManifestFile{file(t, template, "1_a.sql", "another text")}
	if tasks, _ := short(Build(in)); len(tasks) != 2 {
		t.Errorf("after an edit: %v", tasks)
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
