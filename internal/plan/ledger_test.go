package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath"
)

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
				Databases: around(func(d *towpath.Database) { d.Ledger.Error = towpath.Why(towpath.ReasonNoAnswer) }),
			},
			tasks: tasks, items: items("unreachable"),
			blocked: "database-stopped database=shop environment=staging (ledger-unreadable (no-answer))",
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
					func(d *towpath.Database) { d.Ledger.Error = towpath.Why(towpath.ReasonNoAnswer) }), database("prod/shop")},
			},
			tasks: []string{"prod/shop 1 ddl apply pending"},
			items: []string{"prod/shop shop/1__ddl__a.sql pending"},
		},
	})
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
