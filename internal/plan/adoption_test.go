package plan

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towpath"
	"towpath/internal/history"
	"towpath/internal/schema"
)

// historyFile makes a file from a path; it creates the tables that follow, or drops those with a -.
func historyFile(version, path string, tables ...string) HistoryFile {
	f := HistoryFile{Whole: true, Sums: []history.Sum{{Kind: history.SHA256, Text: "aa" + version}}}
	f.Migration = towpath.Migration{
		MigrationID: towpath.MigrationID{Version: version, Type: towpath.TypeDDL}, Label: version, Path: path,
	}
	for _, name := range tables {
		m := schema.Mark{Object: "table " + name, Before: schema.Absent, After: schema.There}
		if dropped, ok := strings.CutPrefix(name, "-"); ok {
			m = schema.Mark{Object: "table " + dropped, Before: schema.There, After: schema.Absent}
		}
		f.Marks = append(f.Marks, m)
	}
	return f
}

func toolEntry(version string, state history.State, sum string) history.Entry {
	e := history.Entry{Version: version, State: state}
	if sum != "" {
		e.Sum = history.Sum{Kind: history.SHA256, Text: sum}
	}
	return e
}

func verdicts(a Adoption) string {
	var list []string
	for _, f := range a.Files {
		list = append(list, f.Label+" "+string(f.Verdict))
	}
	for _, e := range a.Gone {
		list = append(list, "gone "+e.Version+e.Name)
	}
	return strings.Join(list, ", ")
}

func TestCompareHistory(t *testing.T) {
	t.Parallel()
	files := []HistoryFile{
		historyFile("1", "db/0001_a.sql", "a"), historyFile("2", "db/0002_b.sql", "order"),
		historyFile("3", "db/0003_c.sql", "-a"), historyFile("4", "db/0004_d.sql", "d"),
	}
	all := map[string]bool{"table order": true, "table d": true}
	for _, c := range []struct {
		name    string
		entries []history.Entry
		objects map[string]bool
		want    string
	}{
		{"checksums prove and disprove", []history.Entry{
			toolEntry("001", history.Applied, "AA1"), toolEntry("2", history.Applied, "other"),
			toolEntry("3", history.Applied, ""), toolEntry("4", history.Unknown, "aa4"),
		}, nil, "1 proved, 2 edited, 3 claimed, 4 halfway"},
		{"undone is missing, and what the tree lacks is named", []history.Entry{
			toolEntry("1", history.Applied, ""), toolEntry("2", history.Undone, ""),
			toolEntry("9", history.Applied, ""), toolEntry("8", history.Undone, ""),
		}, nil, "1 claimed, 2 missing, 3 missing, 4 missing, gone 9"},
		{
			"a mark of how far covers what is older",
			[]history.Entry{{Version: "3", State: history.Applied, UpTo: true}}, nil,
			"1 claimed, 2 claimed, 3 claimed, 4 missing",
		},
		{
			"a dirty mark stopped at its own version",
			[]history.Entry{{Version: "3", State: history.Unknown, UpTo: true}}, nil,
			"1 claimed, 2 claimed, 3 halfway, 4 missing",
		},
		{"the catalog disagrees with the last file that touches an object", []history.Entry{
			toolEntry("1", history.Applied, "aa1"), toolEntry("2", history.Applied, "aa2"),
			toolEntry("3", history.Applied, "aa3"),
		}, map[string]bool{"table a": true}, "1 proved, 2 contradicted, 3 contradicted, 4 missing"},
		{
			"the database has what a file makes",
			[]history.Entry{toolEntry("1", history.Applied, ""), toolEntry("3", history.Applied, "")},
			all, "1 claimed, 2 stands, 3 claimed, 4 stands",
		},
		{"an edited file is not held against the catalog", []history.Entry{
			toolEntry("1", history.Applied, ""), toolEntry("2", history.Applied, "other"),
			toolEntry("3", history.Applied, ""),
		}, map[string]bool{"table d": true}, "1 claimed, 2 edited, 3 claimed, 4 stands"},
		{"names with and without folder and extension", []history.Entry{
			{Name: "0001_a", State: history.Applied}, {Name: "db/0002_b.sql", State: history.Applied},
			{Name: "0003_c.sql", State: history.Unknown}, {Name: "0004", State: history.Applied},
		}, nil, "1 claimed, 2 claimed, 3 halfway, 4 missing, gone 0004"},
		{
			"a checksum alone",
			[]history.Entry{{Sum: history.Sum{Kind: history.SHA256, Text: "aa2"}, State: history.Applied}}, nil,
			"1 missing, 2 proved, 3 missing, 4 missing",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := verdicts(CompareHistory(files, history.History{Entries: c.entries}, c.objects))
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Diesel leaves the dashes of a folder's name out of its history.
func TestCompareHistory_findsDashedTimes(t *testing.T) {
	t.Parallel()
	dashed := historyFile("2026.1.31.120000", "m/2026-01-31-120000_größe/up.sql", "größe")
	dashed.Label = "2026-01-31-120000"
	plain := historyFile("20260201120000", "m/20260201120000_order/up.sql", "order")
	other := historyFile("1.2", "m/1-2_a/up.sql")
	other.Label = "1-2"
	a := CompareHistory([]HistoryFile{dashed, plain, other}, history.History{Entries: []history.Entry{
		toolEntry("20260131120000", history.Applied, ""), toolEntry("20260201120000", history.Applied, ""),
		toolEntry("12", history.Applied, ""),
	}}, nil)
	want := "2026-01-31-120000 claimed, 20260201120000 claimed, 1-2 missing, gone 12"
	if got := verdicts(a); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestCompareHistory_aCutHistoryProvesNothing(t *testing.T) {
	t.Parallel()
	files := []HistoryFile{historyFile("1", "1.sql", "a")}
	h := history.History{Entries: []history.Entry{toolEntry("1", history.Applied, "aa1")}, Cut: true}
	if got := verdicts(CompareHistory(files, h, nil)); got != "1 missing" {
		t.Errorf("got %s", got)
	}
}

func TestCompareHistory_countsChangesets(t *testing.T) {
	t.Parallel()
	f := historyFile("1", "db/changes.sql")
	f.Parts = 2
	h := history.History{Entries: []history.Entry{
		{Version: "jörg:1", Name: "db/changes.sql", State: history.Applied},
	}}
	if got := verdicts(CompareHistory([]HistoryFile{f}, h, nil)); got != "1 halfway" {
		t.Errorf("one of two changesets: %s", got)
	}
	second := h.Entries[0]
	second.Version = "jörg:2"
	h.Entries = append(h.Entries, second)
	if got := verdicts(CompareHistory([]HistoryFile{f}, h, nil)); got != "1 claimed" {
		t.Errorf("both changesets: %s", got)
	}
}

func TestCompareHistory_repeatableFilesNeedAChecksum(t *testing.T) {
	t.Parallel()
	f := historyFile("R__v", "db/R__v.sql", "v")
	f.MigrationID = towpath.RepeatableID("v")
	for sum, want := range map[string]string{
		"AAR__V": "R__v proved", "other": "R__v missing", "": "R__v missing",
	} {
		e := toolEntry("", history.Applied, sum)
		e.Name = "R__v.sql"
		got := CompareHistory([]HistoryFile{f}, history.History{Entries: []history.Entry{e}}, nil)
		if verdicts(got) != want || got.Files[0].ApplicationNumber() != 1 {
			t.Errorf("checksum %q: %s, %+v", sum, verdicts(got), got.Files[0].Migration)
		}
	}
}

// A file stands only when all of it shows: its tables with their columns, and nothing else.
func TestCompareHistory_standing(t *testing.T) {
	t.Parallel()
	columns := func(f HistoryFile, names ...string) HistoryFile {
		f.Columns = names
		return f
	}
	partly := historyFile("1", "1.sql", "a")
	partly.Whole = false
	dropped := historyFile("2", "2.sql")
	dropped.Marks = []schema.Mark{{Object: "column a.fax", Before: schema.There, After: schema.Absent}}
	for _, c := range []struct {
		name    string
		files   []HistoryFile
		objects []string
		want    string
	}{
		{"all is there", []HistoryFile{columns(historyFile("1", "1.sql", "a"), "column a.id")},
			[]string{"table a", "column a.id"}, "1 stands"},
		{"a column is not", []HistoryFile{columns(historyFile("1", "1.sql", "a"), "column a.id")},
			[]string{"table a", "column a.number"}, "1 missing"},
		{"a later file has dropped the column",
			[]HistoryFile{columns(historyFile("1", "1.sql", "a"), "column a.fax"), dropped},
			[]string{"table a"}, "1 stands, 2 missing"},
		{"it does more than shows", []HistoryFile{partly}, []string{"table a"}, "1 partly"},
		{"its table is gone", []HistoryFile{partly}, []string{"table b"}, "1 missing"},
		{"another file makes the table too",
			[]HistoryFile{historyFile("1", "1.sql", "a"), historyFile("2", "2.sql", "a")},
			[]string{"table a"}, "1 missing, 2 missing"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			objects := map[string]bool{}
			for _, o := range c.objects {
				objects[o] = true
			}
			if got := verdicts(CompareHistory(c.files, history.History{}, objects)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Whatever a history says, each file has one verdict, and none counts as applied that no entry
// names as applied or covers.
func TestCompareHistory_recordsNothingThatIsNotNamed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var files []HistoryFile
		for i := range rapid.IntRange(0, 6).Draw(t, "files") {
			files = append(files, historyFile(fmt.Sprint(i+1), fmt.Sprintf("%d.sql", i+1), "t", fmt.Sprint("t", i)))
		}
		var entries []history.Entry
		named := map[string]bool{}
		upTo := 0
		for i := range rapid.IntRange(0, 8).Draw(t, "entries") {
			state := rapid.SampledFrom([]history.State{
				history.Applied, history.Unknown, history.Undone, history.Baseline,
			}).Draw(t, "state")
			e := toolEntry(fmt.Sprint(i+1), state, "")
			e.UpTo = rapid.Bool().Draw(t, "up to")
			named[e.Version] = state == history.Applied || state == history.Baseline
			if e.UpTo && state != history.Undone {
				upTo = i + 1
			}
			entries = append(entries, e)
		}
		objects := map[string]bool{}
		for _, o := range rapid.SliceOf(rapid.SampledFrom([]string{"t", "t0", "t1", "t2"})).Draw(t, "objects") {
			objects["table "+o] = true
		}
		a := CompareHistory(files, history.History{Entries: entries}, objects)
		if len(a.Files) != len(files) {
			t.Fatalf("%d verdicts of %d files", len(a.Files), len(files))
		}
		for i, f := range a.Files {
			if f.Verdict == "" || (f.Verdict.Applied() && !named[f.Version] && i+1 >= upTo) {
				t.Fatalf("%s is %q by %v", f.Version, f.Verdict, entries)
			}
		}
	})
}
