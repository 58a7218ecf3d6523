package main

import (
	"slices"
	"strings"
	"testing"
)

// unusable is a team that comes from goose. Its table in production has more rows than are read.
func unusable(t *testing.T) (*world, toolCase) {
	t.Helper()
	w := prepared(t, sqliteTargets{}, "")
	w.must(t, w.start())
	tool := realTools()[0]
	tool.readRows(t)
	tool.apply(t, w)
	w.run(t, "prod", "INSERT INTO goose_db_version (version_id, is_applied) "+
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= 20000) SELECT i + 90000, 1 FROM n")
	return w, tool
}

// run runs SQL in the database of an environment, as a person does.
func (w *world) run(t *testing.T, environment, sql string) {
	t.Helper()
	db, err := w.targets.open(w, environment)
	w.must(t, err)
	_, err = db.ExecContext(w.ctx, sql)
	w.must(t, err)
	w.must(t, db.Close())
}

// recordedIn lists the environments whose databases have recorded something of another tool.
func recordedIn(t *testing.T, w *world) (list []string) {
	t.Helper()
	for _, source := range w.sources(t) {
		environment, _, _ := strings.Cut(source, " ")
		list = append(list, environment)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// TestHistories_acceptWhatCanBe accepts the histories of a link database by database: first without
// production, whose table is too large, then without staging, which contradicts its own.
func TestHistories_acceptWhatCanBe(t *testing.T) {
	t.Parallel()
	w, tool := unusable(t)
	var err error
	w.linkID, err = w.link(w.ctx, w.grant, map[string]any{"filePathTemplate": tool.template, "existingFiles": "run"})
	w.must(t, err)
	w.run(t, "staging", "DROP TABLE a")
	adopt := func(despite ...string) (string, string) {
		var out strings.Builder
		err := (&adoptCommand{Link: w.linkID, remote: remote{w.api.base, w.api.token}, Despite: despite}).Run(w.ctx, &out)
		if err != nil {
			return out.String(), err.Error()
		}
		return out.String(), ""
	}
	for _, step := range []struct {
		name, sql string // run in production first
		despite   []string
		says      []string
		fails     string
		recorded  []string
	}{
		{
			name: "only test can be",
			says: []string{
				"staging/shop: left out. goose has " + demoDirectory + "/00001_x.sql as applied, but the database has no table a",
				"prod/shop: left out. The table goose_db_version of goose has more rows than Towpath reads",
				"Recorded what is proved, claimed, edited, halfway in 1 of 3 databases.",
			},
			fails:    "2 of 3 databases are left out",
			recorded: []string{"test"},
		},
		{
			name:     "nothing more can be",
			fails:    "00001_x.sql as applied, but the database has no table a",
			recorded: []string{"test"},
		},
		{
			name: "a person confirms one, and the table of the other is in order",
			sql:  "DELETE FROM goose_db_version WHERE CAST(version_id AS INTEGER) > 90000", despite: []string{"staging/shop"},
			says:     []string{"Recorded what is proved, claimed, edited, halfway.\n"},
			recorded: []string{"prod", "staging", "test"},
		},
	} {
		if step.sql != "" {
			w.run(t, "prod", step.sql)
		}
		out, failed := adopt(step.despite...)
		for _, want := range step.says {
			if !strings.Contains(out, want) {
				t.Errorf("%s: the command does not say %q but\n%s", step.name, want, out)
			}
		}
		if (step.fails == "") != (failed == "") || !strings.Contains(failed, step.fails) {
			t.Errorf("%s: the command fails with %q, want %q", step.name, failed, step.fails)
		}
		if got := recordedIn(t, w); !slices.Equal(got, step.recorded) {
			t.Errorf("%s: %v have something recorded, want %v", step.name, got, step.recorded)
		}
	}
}

// TestHistories_linkWithoutOne links although one history cannot be used: in that database every file
// waits for a person, and nothing is recorded.
func TestHistories_linkWithoutOne(t *testing.T) {
	t.Parallel()
	w, tool := unusable(t)
	settings := map[string]any{"filePathTemplate": tool.template, "existingFiles": "history"}
	planned, err := w.planned(settings)
	w.must(t, err)
	const held = "prod held:populated held:populated held:populated"
	if planned[2] != held {
		t.Errorf("the preview says %q, want %q", planned[2], held)
	}
	w.linkID, err = w.link(w.ctx, w.grant, settings)
	w.must(t, err)
	if got := recordedIn(t, w); !slices.Equal(got, []string{"staging", "test"}) {
		t.Errorf("%v have something recorded", got)
	}
	w.must(t, w.wait("held"))
	if rows, err := w.ledger("prod"); err == nil && len(rows) > 0 {
		t.Errorf("production has the ledger %v", rows)
	}
	w.run(t, "prod", "DELETE FROM goose_db_version WHERE CAST(version_id AS INTEGER) > 90000")
	w.must(t, w.api.call(w.ctx, "POST", "/repository-links/"+w.linkID+"/histories/accept", map[string]any{}, nil))
	if got := recordedIn(t, w); !slices.Equal(got, []string{"prod", "staging", "test"}) {
		t.Errorf("%v have something recorded in the end", got)
	}
}
