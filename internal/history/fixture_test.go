package history

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fixture is a table as a real tool has written it: see scripts/foreign.
type fixture struct {
	Tool    string `json:"tool"`
	Version string `json:"version"`
	Table
	Files map[string]string `json:"files"`
}

func readFixtures(t *testing.T) map[string]fixture {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	fixtures := map[string]fixture{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		var f fixture
		if err := json.Unmarshal(text, &f); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		fixtures[strings.TrimSuffix(filepath.Base(path), ".json")] = f
	}
	return fixtures
}

// Each history has two applied migrations, and what the tool keeps of one that failed or was undone.
func TestRead_realRows(t *testing.T) {
	t.Parallel()
	wants := map[string]string{
		"goose":                "20260101||applied\n20260102||applied\n",
		"golang-migrate-clean": "2||applied|and older\n",
		"golang-migrate-dirty": "3||unknown|and older\n",
		"sql-migrate":          "|1_müller.sql|applied\n|2_order.sql|applied\n",
		"tern":                 "2||applied|and older\n",
		"dbmate":               "20260101||applied\n20260102||applied\n",
		"node-pg-migrate":      "|1735689600000_müller|applied\n|1735776000000_order|applied\n",
		"knex":                 "|1_müller.js|applied\n|2_order.js|applied\n",
		"drizzle":              "||applied\n||applied\n",
		"liquibase":            "jörg:1|changes.sql|applied\njörg:2|changes.sql|applied\n",
	}
	fixtures := readFixtures(t)
	for name, want := range wants {
		f, ok := fixtures[name]
		if !ok {
			t.Errorf("there is no fixture of %s", name)
			continue
		}
		got := Read([]Table{f.Table})
		if len(got) != 1 || got[0].Tools[0] != f.Tool {
			t.Errorf("%s: the table of %s %s with the columns %v is read as %v", name, f.Tool, f.Version,
				f.Columns, got)
			continue
		}
		if text := render(got[0].Entries); text != want {
			t.Errorf("%s: read\n%swant\n%s", name, text, want)
		}
		for _, r := range f.Rows {
			for _, column := range []string{"tstamp", "applied_at", "run_on", "migration_time", "dateexecuted"} {
				if r[column] != "" && moment(r[column]).IsZero() {
					t.Errorf("%s: the time %q is not read", name, r[column])
				}
			}
		}
	}
}

// The checksums that a tool keeps are those that are computed from its files.
func TestSumOf_realFiles(t *testing.T) {
	t.Parallel()
	compared := 0
	for name, f := range readFixtures(t) {
		list := Read([]Table{f.Table})
		if len(list) != 1 {
			continue
		}
		for _, e := range list[0].Entries {
			if e.Sum.Kind == "" || e.Sum.Kind == AtlasChain {
				continue
			}
			compared++
			found := false
			for _, text := range f.Files {
				found = found || SumOf(e.Sum.Kind, []byte(text)) == e.Sum
			}
			if !found {
				t.Errorf("%s: no file has the %s %s", name, e.Sum.Kind, e.Sum.Text)
			}
		}
	}
	if compared == 0 {
		t.Error("no fixture has a checksum")
	}
}
