package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

// hungry is a small file with a large result. It fails at the end, so that it runs in one stage
// only.
type hungry struct{ name, file string }

const broken = "\nSELECT 1 FROM nowhere_at_all;\n"

// nested are scripts so deep that a recursive parser would exhaust its stack.
func nested() []hungry {
	return []hungry{
		{"half a million brackets", "SELECT " + strings.Repeat("(", 500_000) + "1" +
			strings.Repeat(")", 500_000) + ";" + broken},
		{"a hundred thousand cases", "SELECT " + strings.Repeat("CASE WHEN 1=1 THEN ", 100_000) + "1" +
			strings.Repeat(" END", 100_000) + ";" + broken},
		{"half a million comments", strings.Repeat("/* /* */ ", 500_000) + broken},
		{"a statement of 500,000 semicolons", strings.Repeat(";", 500_000) + broken},
	}
}

func hungryOnPostgres() []hungry {
	return append(nested()[:2], []hungry{
		{"half a million comments in each other", strings.Repeat("/* ", 500_000) + strings.Repeat("*/ ",
			500_000) + broken},
		{"a statement of 500,000 semicolons", strings.Repeat(";", 500_000) + broken},
		{"an error of 100 MB", "DO $$ BEGIN RAISE EXCEPTION '%', repeat('x', 100000000); END $$;"},
		{
			"an error with a detail, a hint and a name of 50 MB",
			"DO $$ BEGIN RAISE EXCEPTION 'x' USING DETAIL = repeat('d', 50000000), HINT = repeat('h', 50000000), COLUMN = repeat('c', 50000000); END $$;",
		},
		{"a notice of 100 MB", "DO $$ BEGIN RAISE NOTICE '%', repeat('x', 100000000); END $$;" + broken},
		{
			"a million notices",
			"DO $$ BEGIN FOR i IN 1..1000000 LOOP RAISE NOTICE 'line %', i; END LOOP; END $$;" + broken,
		},
		{"a row of 400 MB", "SELECT repeat('x', 400000000);" + broken},
		{
			"a result of 300,000 rows, 300 MB",
			"SELECT i, repeat('x', 1000) FROM generate_series(1, 300000) i;" + broken,
		},
		{"a row of 1,600 columns of 200 kB", "SELECT " +
			strings.TrimSuffix(strings.Repeat("repeat('x', 200000), ", 1600), ", ") + ";" + broken},
		{"a comment of 100 MB", "-- towpath: no-transaction\nCREATE TABLE IF NOT EXISTS big (id INT);\nDO " +
			"$$ BEGIN EXECUTE 'COMMENT ON TABLE big IS ' || quote_literal(repeat('x', 100000000)); END $$;" +
			broken},
		{"a function of 100 MB", "-- towpath: no-transaction\nDO $$ BEGIN EXECUTE 'CREATE OR REPLACE " +
			"FUNCTION big() RETURNS text LANGUAGE sql AS ' || quote_literal('SELECT ' || quote_literal(repeat('x', 100000000))); END $$;" + broken},
		{"after those, an ordinary file", "CREATE TABLE ordinary (id INT);" + broken},
	}...)
}

func hungryOnMariaDB() []hungry {
	return append(nested(), []hungry{
		{"an error with a long text", "SELECT * FROM `" + strings.Repeat("x", 60) + "` WHERE '" +
			strings.Repeat("y", 10_000_000) + "' = 1;"},
		{"a hundred thousand warnings", "SELECT CAST(CONCAT('a', seq) AS SIGNED) FROM seq_1_to_100000;" +
			broken},
		{"30 rows of 10 MB", "SELECT REPEAT('x', 10000000) FROM seq_1_to_30;" + broken},
		{"a result of 300,000 rows, 300 MB", "SELECT seq, REPEAT('x', 1000) FROM seq_1_to_300000;" + broken},
		{"a view of 8 MB", "CREATE OR REPLACE VIEW big AS SELECT '" + strings.Repeat("x", 8_000_000) +
			"' AS x;" + broken},
		{"after those, an ordinary file", "CREATE TABLE ordinary (id INT);" + broken},
	}...)
}

func hungryOnSQLite() []hungry {
	return append(nested(), []hungry{
		{
			"four values of 800 MB",
			"SELECT hex(zeroblob(400000000)), hex(zeroblob(400000001)), hex(zeroblob(400000002)), hex(zeroblob(400000003));",
		},
		{"random bytes", "SELECT randomblob(900000000);"},
		{"a printf of 900 MB", "SELECT printf('%.900000000c', 'x');"},
		{"a recursion that joins", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT " +
			"200) SELECT group_concat(hex(zeroblob(5000000))) FROM n;"},
		{
			"a recursion that doubles",
			"WITH RECURSIVE n(s) AS (SELECT 'x' UNION ALL SELECT s || s FROM n) SELECT length(s) FROM n;",
		},
		{"an error of 10 MB", "CREATE TABLE t (id INT);\nCREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT " +
			"RAISE(ABORT, '" + strings.Repeat("x", 10_000_000) + "'); END;\nINSERT INTO t VALUES (1);"},
		{
			"a result of 300,000 rows, 300 MB",
			"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT i, hex(zeroblob(500)) FROM n;" + broken,
		},
		{"after those, an ordinary file", "CREATE TABLE ordinary (id INT);" + broken},
	}...)
}

// TestMemory_aFileTakesOnlySoMuch pushes small files with large results, and checks the server's
// peak of memory meanwhile. MiB, including what the server needs without them.
func TestMemory_aFileTakesOnlySoMuch(t *testing.T) {
	for engine, on := range map[string]struct {
		where func() targets
		files []hungry
		most  int // MiB
	}{
		// its heap has 384 of them
		"SQLite": {func() targets { return sqliteTargets{} }, hungryOnSQLite(), 640},
		"PostgreSQL": {
			func() targets { return postgresTargets(servers.postgres.Target()) },
			hungryOnPostgres(), 320,
		},
		"MariaDB": {
			func() targets { return mariadbTargets(servers.mariadb.Target()) },
			hungryOnMariaDB(), 320,
		},
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			w, err := newWorld(t.Context(), t.TempDir(), on.where(), "")
			if err != nil {
				t.Fatal(err)
			}
			defer w.close()
			if err := w.start("--log-level=warn"); err != nil {
				t.Fatal(err)
			}
			if w.linkID, err = w.link(t.Context(), w.grant, nil); err != nil {
				t.Fatal(err)
			}
			for n, f := range on.files {
				began := time.Now()
				peak := w.peakOf(t, n, f)
				t.Logf("memory: %s, %s: %d MiB, %s", engine, f.name, peak,
					time.Since(began).Round(100*time.Millisecond))
				if peak > on.most {
					t.Errorf("%s takes %d MiB, want %d at most", f.name, peak, on.most)
				}
			}
		})
	}
}

// peakOf pushes a file, waits until it has failed, and returns the server's peak of memory
// meanwhile, in MiB.
func (w *world) peakOf(t *testing.T, n int, f hungry) int {
	t.Helper()
	pid := w.process.Process.Pid
	// the peak begins here
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", pid), []byte("5"), 0o200); err != nil {
		t.Fatal(err)
	}
	path := fmt.Sprintf("migrations/shop/%d__ddl__hungry.sql", n+1)
	w.commit(t, map[string]string{path: f.file})
	if err := w.wait("failed"); err != nil {
		t.Fatalf("%s: %v", f.name, err)
	}
	_, stages, err := w.newestTasks()
	if err != nil {
		t.Fatal(err)
	}
	if reason := stages[0].Tasks[0].Reason.Text; len(reason) > 16<<10 || reason == "" {
		t.Errorf("%s: the reason has %d bytes", f.name, len(reason))
	} else {
		t.Logf("%s: %.120s", f.name, reason)
	}
	w.commit(t, map[string]string{path: bitbucketsim.Deleted})
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kib, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			return kib >> 10
		}
	}
	t.Fatal("the system does not say how much memory a process held")
	return 0
}
