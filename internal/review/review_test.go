package review

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/catalog"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/schema"
	"towpath/internal/sqlparse"
	"towpath/internal/store"
)

// databases are what databases hold, by their ids. One that is missing cannot be read.
type databases map[string]catalog.Content

func (d databases) content(_ context.Context, id string) (catalog.Content, error) {
	if c, ok := d[id]; ok {
		return c, nil
	}
	return catalog.Content{}, errors.New("shop.db is not there")
}

func holds(fingerprint string, rows int64, tables ...string) catalog.Content {
	c := catalog.Content{Engine: towpath.EngineSQLite, Version: "SQLite 3.54.1", Fingerprint: fingerprint}
	c.Catalog.Complete = true
	for _, name := range tables {
		c.Catalog.Tables = append(c.Catalog.Tables, schema.Table{
			Name: name, Rows: rows, Columns: []schema.TableColumn{{Name: "id", Type: "integer"}},
		})
	}
	return c
}

type deadParser struct{}

// Parse implements sqlparse.Parser.
func (deadParser) Parse(context.Context, towpath.EngineType, []sqlparse.Text) ([]sqlparse.Result, error) {
	return nil, errors.New("start a parser: größe.exe is not there")
}

// drafted reviews one file for the databases, which are in the environments prod and test.
func drafted(t *testing.T, held databases, parser sqlparse.Parser, change func(*manifest.Draft)) towpath.Review {
	t.Helper()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "m.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	d := manifest.Draft{
		Environments: []towpath.Environment{{ID: "e0", Name: "test"}, {ID: "e1", Name: "prod", Position: 1}},
		Texts:        map[string]string{"1.sql": "-- a comment\nDROP TABLE old;\n"},
	}
	for _, id := range []string{"t1", "t2", "p1", "p2"} {
		db := towpath.Database{ID: id, Name: "shop " + id, EnvironmentID: "e0"}
		if id[0] == 'p' {
			db.EnvironmentID = "e1"
		}
		d.Databases = append(d.Databases, db)
		d.Plan.Items = append(d.Plan.Items, plan.Item{
			Migration: towpath.Migration{
				Path: "1.sql", Label: "1", Checksum: "c",
				MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL},
			},
			DatabaseID: id, EnvironmentID: db.EnvironmentID, State: plan.ItemPending,
		})
	}
	if change != nil {
		change(&d)
	}
	s := &Service{Store: st, Parser: parser, Content: held.content}
	r, err := s.Draft(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func said(r towpath.Review) string {
	var b strings.Builder
	b.WriteString(string(r.State) + " " + string(r.Reason.Code))
	for _, f := range r.Files {
		b.WriteString("; " + f.Environment + " " + f.Path + " [" + f.Against + " " + string(f.Reason.Code) + "]")
		b.WriteString(strings.Repeat("*", f.Databases))
		for _, x := range f.Findings {
			if x.Level != "info" {
				b.WriteString(" " + x.Rule + " " + x.Level + " " + string(rune('0'+x.Line)))
			}
		}
		for _, x := range f.NotAnalyzed {
			fmt.Fprintf(&b, " %d? %s", x.Line, x.Why)
		}
		for _, a := range f.Allowed {
			b.WriteString(" allowed " + a.Rule + " " + a.Because)
		}
	}
	return b.String()
}

func TestDraft(t *testing.T) {
	t.Parallel()
	same := databases{
		"t1": holds("a", 1, "old"), "t2": holds("a", 1, "old"), "p1": holds("a", 1, "old"),
		"p2": holds("b", 1, "other"),
	}
	allowed := func(d *manifest.Draft) { d.Texts["1.sql"] = "-- towpath: allow DS03 because of Zoë\nDROP TABLE old;" }
	levels := func(text string) func(*manifest.Draft) {
		return func(d *manifest.Draft) { d.Policy = manifest.PolicyFile("", "db/towpath.yaml", []byte(text)) }
	}
	for name, c := range map[string]struct {
		held   databases
		parser sqlparse.Parser
		change func(*manifest.Draft)
		want   string
	}{
		"databases of an environment that hold the same are one": {
			held: same,
			want: "done ; test 1.sql [sqlite 3.54.1 ]** DS03 error 2; prod 1.sql [sqlite 3.54.1 ]* DS03 error 2" +
				"; prod 1.sql [sqlite 3.54.1 ]* DD05 error 2",
		},
		"a database that is away is no green one": {
			held: databases{"t1": same["t1"], "t2": same["t2"], "p1": same["p1"]},
			want: "failed review-unread; test 1.sql [sqlite 3.54.1 ]** DS03 error 2" +
				"; prod 1.sql [sqlite 3.54.1 ]* DS03 error 2; prod 1.sql [ review-unread]*",
		},
		"a parser that dies is no green one": {
			held: databases{"t1": same["t1"], "t2": same["t2"], "p1": same["t1"], "p2": same["t1"]}, parser: deadParser{},
			want: "failed review-parser; test 1.sql [ review-parser]**; prod 1.sql [ review-parser]**",
		},
		"a comment allows a finding, except where the environment insists": {
			held: databases{"t1": same["t1"], "t2": same["t2"], "p1": same["t1"], "p2": same["t1"]},
			change: func(d *manifest.Draft) {
				allowed(d)
				d.Environments[1].Review.Insist = []string{"DS03"}
			},
			want: "done ; test 1.sql [sqlite 3.54.1 ]** allowed DS03 of Zoë" +
				"; prod 1.sql [sqlite 3.54.1 ]** RU02 warning 1 DS03 error 2",
		},
		"the branch's file lowers a level, except where the environment insists": {
			held: databases{"t1": same["t1"], "t2": same["t2"], "p1": same["t1"], "p2": same["t1"]},
			change: func(d *manifest.Draft) {
				levels("review:\n  rules:\n    DS03: info\n")(d)
				d.Environments[1].Review.Insist = []string{"DS03"}
			},
			want: "done ; test 1.sql [sqlite 3.54.1 ]**; prod 1.sql [sqlite 3.54.1 ]** DS03 error 2",
		},
		"a file of levels that cannot be read is a finding at its line": {
			held:   databases{"t1": same["t1"], "t2": same["t2"], "p1": same["t1"], "p2": same["t1"]},
			change: levels("review:\n  environments:\n    prod:\n      rules:\n        DS03: fatal\n"),
			want: "done ; test db/towpath.yaml [towpath.yaml ] RU06 error 5" +
				"; prod db/towpath.yaml [towpath.yaml ] RU06 error 5" +
				"; test 1.sql [sqlite 3.54.1 ]** DS03 error 2; prod 1.sql [sqlite 3.54.1 ]** DS03 error 2",
		},
		"a file of levels that names no environment of ours is a finding at its line": {
			held: databases{"t1": same["t1"]},
			change: func(d *manifest.Draft) {
				levels("review:\n  rules: {DS03: off}\n  environments:\n    prod: {}\n    \"Prüfung\": {preset: quiet}\n")(d)
				d.Databases = d.Databases[:1]
			},
			want: "done ; test db/towpath.yaml [towpath.yaml ] RU06 error 5; test 1.sql [sqlite 3.54.1 ]* DS03 error 2",
		},
		"a comment without a reason allows nothing": {
			held: databases{"t1": same["t1"]},
			change: func(d *manifest.Draft) {
				d.Texts["1.sql"] = "-- towpath: allow DS03\nDROP TABLE old;"
				d.Databases = d.Databases[:1]
			},
			want: "done ; test 1.sql [sqlite 3.54.1 ]* RU02 warning 1 DS03 error 2",
		},
		"a late file and an edited one": {
			held: databases{"t1": same["t1"]},
			change: func(d *manifest.Draft) {
				d.Databases = d.Databases[:1]
				d.Databases[0].Ledger.Entries = []towpath.LedgerEntry{{
					MigrationID: towpath.MigrationID{Version: "3", Type: towpath.TypeDDL}, State: towpath.LedgerDone,
				}}
				edited := d.Plan.Items[0]
				edited.Path, edited.Version, edited.State = "0.sql", "0", plan.ItemEdited
				d.Plan.Items = append(d.Plan.Items[:1], edited)
			},
			want: "done ; test 0.sql [sqlite 3.54.1 ]* CO07 error 1; test 1.sql [sqlite 3.54.1 ]* CO06 error 1 DS03 error 2",
		},
		"a late file where such files run": {
			held: databases{"t1": same["t1"]},
			change: func(d *manifest.Draft) {
				d.Late, d.Databases, d.Plan.Items = towpath.LateApply, d.Databases[:1], d.Plan.Items[:1]
				d.Databases[0].Ledger.Entries = []towpath.LedgerEntry{{
					MigrationID: towpath.MigrationID{Version: "3", Type: towpath.TypeDDL}, State: towpath.LedgerDone,
				}}
			},
			want: "done ; test 1.sql [sqlite 3.54.1 ]* DS03 error 2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.parser == nil {
				c.parser = sqlparse.InProcess{}
			}
			if got := said(drafted(t, c.held, c.parser, c.change)); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// A file names the tables that it changes as large as they are in each environment.
func TestDraft_sizesOfTables(t *testing.T) {
	t.Parallel()
	sized := func(rows int64) catalog.Content {
		c := holds("a", rows, "old", "Größe", "order", "quiet")
		for i := range c.Catalog.Tables {
			c.Catalog.Tables[i].Bytes = rows * int64(i+1)
		}
		return c
	}
	r := drafted(t, databases{"t1": sized(5), "t2": sized(5), "p1": sized(40), "p2": sized(4000)},
		sqlparse.InProcess{}, func(d *manifest.Draft) {
			d.Texts["1.sql"] = `CREATE INDEX i ON old (id); UPDATE "Größe" SET id = id + 1; INSERT INTO quiet VALUES (1);
DELETE FROM "order"; CREATE TABLE made (id INTEGER); ALTER TABLE made ADD x TEXT; DROP TABLE nowhere; UPDATE old SET id = 1;`
		})
	var got []string
	for _, f := range r.Files {
		got = append(got, f.Environment)
		for _, table := range f.Tables {
			got = append(got, fmt.Sprint(table.Name, " ", table.Rows, " ", table.Bytes))
		}
	}
	const want = "test, order 5 15, Größe 5 10, old 5 5, prod, order 4000 12000, Größe 4000 8000, old 4000 4000"
	if strings.Join(got, ", ") != want {
		t.Errorf("\n got %s\nwant %s", strings.Join(got, ", "), want)
	}
}

// Hostile text ends parsers, and what it was is said at its line. The files behind it are reviewed.
func TestDraft_outlivesItsParsers(t *testing.T) {
	t.Parallel()
	texts := []string{
		"SELECT 1;\nSELECT " + strings.Repeat("(", 100_000) + "1" + strings.Repeat(")", 100_000) + ";",
		"SELECT 1;\n\nSELECT '" + deadly + "';\nDROP TABLE old;",
		"SELECT '" + strings.Repeat("x", 64<<20) + "';",
		"SELECT 1;\nSELECT '\xff';",
		"-- the last one\nDROP TABLE other;",
	}
	held := databases{"t1": holds("a", 1, "old", "other")}
	r := drafted(t, held, newPool(t), func(d *manifest.Draft) {
		d.Databases = d.Databases[:1]
		first := d.Plan.Items[0]
		d.Plan.Items = nil
		for n, text := range texts {
			item := first
			item.Version = strconv.Itoa(n + 1)
			item.Path, item.Label, item.Checksum = item.Version+".sql", item.Version, item.Version
			d.Plan.Items = append(d.Plan.Items, item)
			d.Texts[item.Path] = text
		}
	})
	const want = "done ; test 1.sql [sqlite 3.54.1 ]* 2? the statement is nested too deeply" +
		"; test 2.sql [sqlite 3.54.1 ]* DS03 error 4 3? the parser crashed" +
		"; test 3.sql [sqlite 3.54.1 ]* 1? the file has 65 MiB, and the review reads files up to 4 MiB" +
		"; test 4.sql [sqlite 3.54.1 ]* RU01 error 2" +
		"; test 5.sql [sqlite 3.54.1 ]* DS03 error 2"
	if got := said(r); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestHasUndo(t *testing.T) {
	t.Parallel()
	paths := map[string]bool{"a/U4__drop.sql": true, "a/5.down.sql": true, "a/6__x.rollback.sql": true}
	for name, want := range map[string]bool{
		"a/V4__drop.sql": true, "a/4__drop.sql": true, "a/5.up.sql": true, "a/5.sql": true,
		"a/6__x.sql": true, "b/5.sql": false, "a/7.sql": false,
	} {
		if hasUndo(name, paths) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
}

func TestBound_keepsTheGraverFindings(t *testing.T) {
	t.Parallel()
	files := []towpath.ReviewedFile{{Warnings: 1500}, {Errors: 2}}
	for range 1500 {
		files[0].Findings = append(files[0].Findings, towpath.ReviewFinding{Level: "warning"})
	}
	files[1].Findings = []towpath.ReviewFinding{{Level: "error", Line: 1}, {Level: "error", Line: 2}}
	bound(files)
	if len(files[1].Findings) != 2 || len(files[0].Findings) != towpath.MaxReviewFindings-2 ||
		files[0].MoreNotKept != 502 {
		t.Errorf("%d, %d and %d more", len(files[0].Findings), len(files[1].Findings), files[0].MoreNotKept)
	}
}
