package plan

import (
	"testing"
	"time"

	"towpath"
)

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
