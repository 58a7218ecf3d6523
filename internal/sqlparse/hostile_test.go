package sqlparse_test

import (
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/ast"
	"towpath/internal/sqlparse"
)

// A hostileText is one that a parser should not survive by luck.
type hostileText struct{ name, sql, why string }

func hostilePostgres() []hostileText {
	nest := func(open, closing string, n int) string {
		return "SELECT " + strings.Repeat(open, n) + "1" + strings.Repeat(closing, n)
	}
	return []hostileText{
		{"100,000 brackets", nest("(", ")", 100_000), "it is nested too deeply"},
		{"5,000 brackets", nest("(", ")", 5_000), ""},
		{"100,000 calls", nest("f(", ")", 100_000), "it is nested too deeply"},
		{"100,000 arrays", nest("ARRAY[", "]", 100_000), "it is nested too deeply"},
		{"100,000 subqueries", nest("(SELECT ", ")", 100_000), "it is nested too deeply"},
		{"30,000 cases", nest("CASE WHEN true THEN ", " END", 30_000), "it is nested too deeply"},
		{"200,000 signs", "SELECT " + strings.Repeat("- ", 200_000) + "1", "it is nested too deeply"},
		{"100,000 terms", "SELECT 1" + strings.Repeat("+1", 100_000), "the parser crashed"},
		{"20,000 unions", "SELECT 1" + strings.Repeat(" UNION SELECT 1", 20_000), "it is nested too deeply"},
		{"100,000 casts", "SELECT 1" + strings.Repeat("::int", 100_000), "the parser crashed"},
		{"50,000 rows", "INSERT INTO t VALUES (1)" + strings.Repeat(",(1)", 50_000), ""},
		{"20,000 columns", "CREATE TABLE t (a int" + strings.Repeat(",a int DEFAULT 1", 20_000) + ")", ""},
		{"10,000 actions", "ALTER TABLE t ADD a int" + strings.Repeat(",ADD a int", 10_000), ""},
		{"20,000 conditions", "DELETE FROM t WHERE a=1" + strings.Repeat(" OR a=NULL", 20_000), ""},
		{"20,000 calls in a list", "DELETE FROM t WHERE f(a) IN (1" + strings.Repeat(",f(a)", 20_000) + ")", ""},
		{"400,000 comments", "SELECT 1 " + strings.Repeat("/*", 400_000), "the parser ran out of time"},
		{"a body", "DO $$ BEGIN " + strings.Repeat("EXECUTE (", 20_000) + " END $$", ""},
		{"another body", "DO $$ BEGIN " + strings.Repeat("EXECUTE a||", 20_000) + " END $$", ""},
		{"64 MiB", "SELECT '" + strings.Repeat("x", 64<<20) + "'", "the statement is longer than 1 MiB"},
		{"50,000 names", "SELECT " + strings.Repeat("a,", 50_000) + "a", ""},
		{"a zero byte", "SELECT '\x00'", "a zero byte is no SQL"},
		{"broken UTF-8", "SELECT '\xc3('", "a byte here is no UTF-8"},
		{"nothing", "", "the parser sees 0 statements in it"},
		{"two", "SELECT 1; SELECT 2", "the parser sees 2 statements in it"},
	}
}

func TestPostgres_survivesHostileText(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	hostile := hostilePostgres()
	statements := []string{"SELECT 1"}
	for _, h := range hostile {
		statements = append(statements, h.sql, "SELECT 1")
	}
	began := time.Now()
	results, err := pool.Parse(t.Context(), towpath.EnginePostgres, texts(statements...))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("all of them took %s", time.Since(began).Round(time.Millisecond))
	for i, h := range hostile {
		got := results[2*i+1]
		switch {
		case got.NotAnalyzed != nil:
			t.Logf("%s: %s", h.name, got.NotAnalyzed.Why)
		case got.SyntaxError != nil:
			t.Logf("%s: %.80s", h.name, got.SyntaxError.Message)
		}
		if h.why != "" && (got.NotAnalyzed == nil || got.NotAnalyzed.Why != h.why) {
			t.Errorf("%s is not refused for being %q: %.200v", h.name, h.why, got)
		}
		if next := results[2*i+2]; len(next.Statements) != 1 {
			t.Errorf("the statement behind %s is not read: %.200v", h.name, next)
		}
	}
	began = time.Now()
	files, err := sqlparse.Read(t.Context(), pool, towpath.EnginePostgres, []sqlparse.Script{
		{Path: "line.sql", Content: strings.Repeat("SELECT 1;", 10_000)},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("10,000 statements in a line took %s", time.Since(began).Round(time.Millisecond))
	if n := len(files[0].Statements); n != 10_000 {
		t.Fatalf("%d of 10,000 statements are there", n)
	}
	for n, s := range files[0].Statements {
		if s.Select == nil || s.Pos != (ast.Position{Line: 1, Column: 1 + 9*n}) {
			t.Fatalf("statement %d is %+v", n, s)
		}
	}
}
