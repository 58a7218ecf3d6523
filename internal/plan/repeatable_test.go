package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"towpath"
	"towpath/internal/schema"
)

const bothTemplate = `{{DB_NAME}}/V{{VERSION}}__{{DESCRIPTION}}.sql | {{DB_NAME}}/R__{{DESCRIPTION}}.sql`

// again is a row of a repeatable migration: the nth application of a name.
func again(name string, n int, text string) towpath.LedgerEntry {
	e := entry("", "shop/R__"+name+".sql", text)
	e.MigrationID = towpath.RepeatableID(name).Application(n)
	return e
}

func failed(e *towpath.LedgerEntry)  { e.State = towpath.LedgerFailed }
func running(e *towpath.LedgerEntry) { e.State = towpath.LedgerRunning }
func begun(e *towpath.LedgerEntry)   { e.State, e.StatementsDone = towpath.LedgerFailed, 1 }

// ran lists the tasks of a plan by path, with the number of the application.
func ran(p Plan) (list []string) {
	for _, t := range p.Tasks {
		list = append(list, fmt.Sprintf("%s %s %d", t.DatabaseID, t.Path, t.ApplicationNumber()))
	}
	return list
}

func TestBuild_runsARepeatableFileWhenItsTextDiffers(t *testing.T) {
	t.Parallel()
	const path = "shop/R__v.sql"
	for name, c := range map[string]struct {
		ledger []towpath.LedgerEntry
		want   []string
		state  ItemState
	}{
		"never applied": {nil, []string{"test/shop " + path + " 1"}, ItemPending},
		"applied":       {[]towpath.LedgerEntry{again("v", 1, "now")}, nil, ItemApplied},
		"another text": {
			[]towpath.LedgerEntry{again("v", 1, "old")}, []string{"test/shop " + path + " 2"}, ItemPending,
		},
		"the tenth is newer than the ninth": {
			[]towpath.LedgerEntry{again("v", 10, "old"), again("v", 9, "now")},
			[]string{"test/shop " + path + " 11"}, ItemPending,
		},
		"a text that comes back": {
			[]towpath.LedgerEntry{again("v", 1, "now"), again("v", 2, "old")},
			[]string{"test/shop " + path + " 3"}, ItemPending,
		},
		"failed as a whole, and back to what is there": {
			[]towpath.LedgerEntry{again("v", 1, "now"), changed(again("v", 2, "bad"), failed)}, nil, ItemApplied,
		},
		"failed halfway, and back to what was there": {
			[]towpath.LedgerEntry{again("v", 1, "now"), changed(again("v", 2, "bad"), begun)},
			[]string{"test/shop " + path + " 2"}, ItemPending,
		},
		"running": {
			[]towpath.LedgerEntry{changed(again("v", 1, "now"), running)}, []string{"test/shop " + path + " 1"},
			ItemPending,
		},
		"recorded without running": {
			[]towpath.LedgerEntry{changed(again("v", 1, "now"), func(e *towpath.LedgerEntry) {
				e.State = towpath.LedgerBaselined
			})}, nil, ItemBaselined,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Build(Input{
				Environments: environments(), LinkedAt: linked,
				Files:     files{file(t, bothTemplate, path, "now")},
				Databases: databases{database("test/shop", c.ledger...)},
			})
			if diff := cmp.Diff(c.want, ran(p)); diff != "" {
				t.Error(diff)
			}
			if len(p.Items) != 1 || p.Items[0].State != c.state {
				t.Errorf("items: %+v", p.Items)
			}
		})
	}
}

func TestBuild_repeatableFiles(t *testing.T) {
	t.Parallel()
	v := func(n string, text ...string) towpath.ManifestFile {
		return file(t, bothTemplate, "shop/V"+n+"__a.sql", text...)
	}
	r := func(name string, text ...string) towpath.ManifestFile {
		return file(t, bothTemplate, "shop/R__"+name+".sql", text...)
	}
	for name, c := range map[string]struct {
		files  files
		ledger []towpath.LedgerEntry
		ran    []string
		items  []string
		says   string
		base   string
	}{
		"come last, by name": {
			files: files{r("b"), r("a"), v("10"), v("9")},
			ran: []string{
				"test/shop shop/V9__a.sql 0", "test/shop shop/V10__a.sql 0", "test/shop shop/R__a.sql 1",
				"test/shop shop/R__b.sql 1",
			},
		},
		"make no version late": {
			files:  files{v("2"), r("a", "x")},
			ledger: []towpath.LedgerEntry{again("a", 1, "x")},
			ran:    []string{"test/shop shop/V2__a.sql 0"},
			items:  []string{"test/shop shop/V2__a.sql pending", "test/shop shop/R__a.sql applied"},
		},
		"are in no baseline": {
			files: files{v("1"), r("a")}, base: "1",
			ran:   []string{"test/shop  0", "test/shop shop/R__a.sql 1"},
			items: []string{"test/shop shop/V1__a.sql pending", "test/shop shop/R__a.sql pending"},
		},
		"wait for a version that cannot run": {
			files: files{changed(v("1"), unusable), r("a")},
			items: []string{"test/shop shop/V1__a.sql unusable", "test/shop shop/R__a.sql blocked"},
		},
		"of one description are in conflict": {
			files: files{r("my_v"), file(t, bothTemplate, "shop/R__my-v.sql")},
			items: []string{"test/shop shop/R__my-v.sql conflict", "test/shop shop/R__my_v.sql conflict"},
			says:  `same-name`,
		},
		"say which text they replace": {
			files: files{r("a", "new")}, ledger: []towpath.LedgerEntry{again("a", 1, "old")},
			ran:  []string{"test/shop shop/R__a.sql 2"},
			says: fmt.Sprintf("%.8s", sum("old")),
		},
		"that are gone leave one item": {
			files:  files{v("1")},
			ledger: []towpath.LedgerEntry{again("a", 1, "x"), again("a", 2, "y")},
			ran:    []string{"test/shop shop/V1__a.sql 0"},
			items:  []string{"test/shop shop/V1__a.sql pending", "test/shop shop/R__a.sql missing"},
			says:   "repeatable-gone",
		},
		"may have the text of a version that is gone": {
			files: files{r("a", "x")}, ledger: []towpath.LedgerEntry{entry("1", "shop/V1__a.sql", "x")},
			ran: []string{"test/shop shop/R__a.sql 1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Build(Input{
				Environments: environments(), LinkedAt: linked, BaselinedUpTo: c.base, Files: c.files,
				Databases: databases{database("test/shop", c.ledger...)},
			})
			if diff := cmp.Diff(c.ran, ran(p)); diff != "" {
				t.Errorf("tasks: %s", diff)
			}
			_, items := short(p)
			if diff := cmp.Diff(c.items, items); c.items != nil && diff != "" {
				t.Errorf("items: %s", diff)
			}
			var says strings.Builder
			for _, i := range p.Items {
				says.WriteString(i.Reason.String())
			}
			if !strings.Contains(says.String(), c.says) {
				t.Errorf("no reason says %q: %s", c.says, says.String())
			}
		})
	}
}

func TestMatch_repeatableFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ template, path, label, description, same string }{
		{bothTemplate, "shop/R__Über_sicht.sql", "R__Über_sicht", "Über sicht", "shop/R__Über sicht.sql"},
		{dbTemplate, "shop/7__repeatable__my_view.sql", "7__repeatable__my_view", "my view", "shop/8__REPEATABLE__my_view.sql"},
		{"{{VERSION}}.{{TYPE}}.sql", "1.repeatable.sql", "1.repeatable", "", ""},
	} {
		scope := Scope{Template: mustTemplate(t, c.template)}
		m, in, reason := scope.Match(c.path)
		if !in || !reason.IsZero() || m.Type != towpath.TypeRepeatable || m.Label != c.label ||
			m.Description != c.description {
			t.Errorf("%s: %+v, %s", c.path, m, reason)
		}
		if other, _, _ := scope.Match(c.same); c.same != "" && other.MigrationID != m.MigrationID {
			t.Errorf("%s is not the file of %s", c.same, c.path)
		}
	}
}

// links draws which of a few files need each other: a line i-j means that i mentions what j makes.
func TestOrder_putsWhatIsNeededFirst(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 6).Draw(t, "files")
		texts := map[string]schema.Names{}
		var claims []claim
		for i := range n {
			name := fmt.Sprint(i)
			own := schema.Names{Makes: []string{"v" + name}}
			for _, j := range rapid.SliceOfN(rapid.IntRange(0, max(n-1, 0)), 0, 2).Draw(t, "needs") {
				own.Needs = append(own.Needs, fmt.Sprintf("v%d", j))
			}
			c := claim{}
			c.MigrationID = towpath.RepeatableID(name)
			c.Path, c.Description, texts[name] = name, name, own
			claims = append(claims, c)
		}
		sorted, circles := order(claims, func(c claim) schema.Names { return texts[c.Path] })
		if len(sorted) != n {
			t.Fatalf("%d files became %d", n, len(sorted))
		}
		again, _ := order(rapid.Permutation(claims).Draw(t, "order"),
			func(c claim) schema.Names { return texts[c.Path] })
		place := map[string]int{}
		for i, c := range sorted {
			place[c.Path] = i
			if again[i].Path != c.Path {
				t.Fatalf("it depends on the order of the input: %v, %v", sorted, again)
			}
		}
		for name, own := range texts {
			for _, need := range own.Needs {
				other := strings.TrimPrefix(need, "v")
				together := slices.Contains(circles[name], other)
				if place[other] > place[name] && !together {
					t.Fatalf("%s comes before %s, which it needs", name, other)
				}
			}
		}
	})
}
