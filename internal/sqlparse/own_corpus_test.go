package sqlparse_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/dialect/mysql"
	"towpath/internal/dialect/sqlite"
	"towpath/internal/sqlparse"
)

// corpus is every statement of a dialect's schemas and of the scenarios of a push, which are
// written for all dialects. What our splitter refuses is left out.
func corpus(t testing.TB, dialect towpath.EngineType) (texts []sqlparse.Text) {
	t.Helper()
	split := mysql.Split
	if dialect == towpath.EngineSQLite {
		split = sqlite.Split
	}
	files := sqlFiles(t, "../engine/"+string(dialect)+"/testdata/schemas", "../../cmd/towpath/testdata")
	for _, file := range slices.Sorted(maps.Keys(files)) {
		texts = append(texts, cut(t, split(strings.NewReader(files[file])))...)
	}
	return texts
}

// goldens are the statements of the golden file of a dialect.
func goldens(t testing.TB, dialect towpath.EngineType) (statements []string) {
	t.Helper()
	content, err := os.ReadFile("testdata/" + string(dialect) + ".golden")
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(string(content), "\n\n") {
		text, _, _ := strings.Cut(block, "\n=> ")
		statements = append(statements, text)
	}
	return statements
}

// parsed is what is said of one statement.
func parsed(t testing.TB, dialect towpath.EngineType, text string) sqlparse.Result {
	t.Helper()
	results, err := sqlparse.Parse(dialect, []sqlparse.Text{{Text: text}})
	if err != nil {
		t.Fatal(err)
	}
	return results[0]
}

// What the product's own tests run is read, but for one statement in a hundred.
func TestParse_readsTheCorpus(t *testing.T) {
	t.Parallel()
	for _, dialect := range []towpath.EngineType{towpath.EngineMySQL, towpath.EngineSQLite} {
		t.Run(string(dialect), func(t *testing.T) {
			t.Parallel()
			all, unread := corpus(t, dialect), 0
			results, err := sqlparse.Parse(dialect, all)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range results {
				switch {
				case r.NotAnalyzed != nil:
					unread++
					t.Logf("unread: %s: %s", all[i].Text, r.NotAnalyzed.Why)
				case r.SyntaxError != nil: // scenarios push files that are wrong on purpose
					t.Logf("syntax error: %s: %s", all[i].Text, r.SyntaxError.Message)
				}
				for _, s := range r.Statements {
					checkTree(t, string(dialect), all[i], s)
				}
			}
			t.Logf("unread: %d of %d", unread, len(all))
			if len(all) < 100 || 100*unread > len(all) {
				t.Errorf("%d of %d statements are unread, want one in a hundred at most", unread, len(all))
			}
		})
	}
}

func fuzz(f *testing.F, dialect towpath.EngineType) {
	for _, text := range corpus(f, dialect) {
		f.Add(text.Text)
	}
	for _, text := range goldens(f, dialect) {
		f.Add(text)
	}
	f.Add("SELECT /*! 1")
	f.Add("SELECT 1.e-5, .5, a.1, 0x, @@a.b, @'x'")
	f.Fuzz(func(t *testing.T, text string) {
		r := parsed(t, dialect, text)
		said := 0
		for _, is := range []bool{len(r.Statements) > 0, r.NotAnalyzed != nil, r.SyntaxError != nil} {
			if is {
				said++
			}
		}
		if said != 1 {
			t.Errorf("%q: %d results, want one: %+v", text, said, r)
		}
	})
}

func FuzzMySQL(f *testing.F)  { fuzz(f, towpath.EngineMySQL) }
func FuzzSQLite(f *testing.F) { fuzz(f, towpath.EngineSQLite) }

func benchmark(b *testing.B, dialect towpath.EngineType) {
	texts, bytes := corpus(b, dialect), 0
	for _, t := range texts {
		bytes += len(t.Text)
	}
	b.SetBytes(int64(bytes))
	for b.Loop() {
		if _, err := sqlparse.Parse(dialect, texts); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(texts)*b.N)/b.Elapsed().Seconds(), "statements/s")
}

func BenchmarkParse_mysql(b *testing.B)  { benchmark(b, towpath.EngineMySQL) }
func BenchmarkParse_sqlite(b *testing.B) { benchmark(b, towpath.EngineSQLite) }
