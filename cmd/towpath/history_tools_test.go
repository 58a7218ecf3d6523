package main

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"

	"towpath/internal/history"
)

// toolCase is a team that comes from another tool, with three databases at different versions. The
// files make the tables a, b and "größe"; the next one is pushed after the link.
type toolCase struct {
	name, template, table string
	file                  func(version int, name, sql string) (path, text string)
	exclude               []string
	files                 map[string]string   // with which a real tool wrote the rows; nil for rows of our own
	rows                  map[string][]string // of table, by environment
	tables                map[string]string   // that are there, by environment
	seen                  []string            // what the preview says of each database
	planned               []string            // what it says will happen to each file, once that is recorded
	despite               string              // the environment that is contradicted
	record                []string
	decisions             []string          // "wait what version environment"
	ledgers               map[string]string // in the end, by environment
	source                string            // of one row
}

var toolTables = []string{"a", "b", `"größe"`}

func toolVersion(tool toolCase, version int) string {
	file, _ := tool.file(version, "x", "")
	file, _, _ = strings.Cut(file, "_")
	return strings.TrimLeft(path.Base(file), "0")
}

func prismaSum(version int) string {
	_, text := prismaFile(version, "x", fmt.Sprintf("CREATE TABLE %s (id INT);\n", toolTables[version-1]))
	return fmt.Sprintf("%x", sha256.Sum256([]byte(text)))
}

func prismaFile(version int, name, sql string) (path, text string) {
	return fmt.Sprintf("%s/2026010%d000000_%s/migration.sql", demoDirectory, version, name), sql
}

func prismaRow(version int, sum, finished string) string {
	return fmt.Sprintf("'id%d', '%s', %s, '2026010%[1]d000000_x', NULL, NULL, 1767225600000, 1",
		version, cmp.Or(sum, prismaSum(version)), finished)
}

// The case has the table as the documentation of the tool describes it.

func prismaCase() toolCase {
	const at = "1767225600000"
	return toolCase{
		name: "Prisma", template: "{{VERSION}}_{{DESCRIPTION}}/migration.sql",
		table: "_prisma_migrations (id TEXT PRIMARY KEY, checksum TEXT NOT NULL, finished_at DATETIME, " +
			"migration_name TEXT NOT NULL, logs TEXT, rolled_back_at DATETIME, " +
			"started_at DATETIME NOT NULL, applied_steps_count INTEGER NOT NULL)",
		file: prismaFile,
		rows: map[string][]string{
			"test":    {prismaRow(1, "", at), prismaRow(2, "", at), prismaRow(3, "", "NULL")},
			"staging": {prismaRow(1, "beef", at), prismaRow(2, "", at)},
			"prod":    {prismaRow(1, "", at)},
		},
		tables: map[string]string{"test": "12", "staging": "12", "prod": "12"},
		seen: []string{
			"test Prisma _prisma_migrations halfway=1 proved=2 20260103000000:halfway",
			"staging Prisma _prisma_migrations edited=1 missing=1 proved=1 20260101000000:edited " +
				"20260103000000:missing",
			"prod Prisma _prisma_migrations missing=1 proved=1 stands=1 20260102000000:stands " +
				"20260103000000:missing",
		},
		planned: []string{
			"test baselined baselined unknown:history-halfway",
			"staging edited:edited baselined pending",
			"prod baselined baselined pending",
		},
		record:    []string{"stands"},
		decisions: []string{"unknown resolve:not-applied 3 test", "done accept 1 staging"},
		ledgers:   map[string]string{"test": "bbdd", "staging": "bbdd", "prod": "bbdd"},
		source:    "prod 20260102000000 Recorded because the database already had what it makes.",
	}
}

// atlasCase has a second file that is too large to be compared with the catalog.
func atlasCase() toolCase {
	const at = "'2026-01-03 10:00:00', 1, NULL"
	c := toolCase{
		name: "Atlas", template: "{{VERSION}}_{{DESCRIPTION}}.sql",
		table: "atlas_schema_revisions (version TEXT PRIMARY KEY, description TEXT, type INTEGER, " +
			"applied INTEGER, total INTEGER, executed_at TEXT, execution_time INTEGER, error TEXT, hash TEXT)",
		file: func(version int, name, sql string) (string, string) {
			if version == 2 {
				sql += "-- " + strings.Repeat("ß", 1<<19) + "\n"
			}
			return fmt.Sprintf("%s/2026010%d_%s.sql", demoDirectory, version, name), sql
		},
		tables: map[string]string{"test": "12", "staging": "12", "prod": "1"},
		seen: []string{
			"test Atlas atlas_schema_revisions halfway=1 proved=2 20260103:halfway",
			"staging Atlas atlas_schema_revisions claimed=1 edited=1 missing=1 20260101:edited 20260103:missing",
			"prod Atlas atlas_schema_revisions missing=2 proved=1 20260102:missing 20260103:missing",
		},
		planned: []string{
			"test baselined baselined unknown:history-halfway", "staging edited:edited baselined pending",
			"prod baselined pending pending",
		},
		decisions: []string{"unknown resolve:not-applied 3 test", "done accept 1 staging"},
		ledgers:   map[string]string{"test": "bbdd", "staging": "bbdd", "prod": "bddd"},
		source: "prod 20260101 Recorded from the table atlas_schema_revisions of Atlas, which applied it on " +
			"3 January 2026 (proved).",
	}
	chain, sums := history.NewChain(), []string{}
	for i, name := range toolTables {
		file, text := c.file(i+1, "x", fmt.Sprintf("CREATE TABLE %s (id INT);\n", name))
		sum, _ := chain.Add(path.Base(file), strings.NewReader(text)) // a text in memory can be read
		sums = append(sums, sum.Text)
	}
	row := func(version, applied int, sum string) string {
		return fmt.Sprintf("'2026010%d', 'x', 2, %d, 1, %s, '%s'", version, applied, at, sum)
	}
	c.rows = map[string][]string{
		"test":    {row(1, 1, sums[0]), row(2, 1, sums[1]), row(3, 0, sums[2])},
		"staging": {row(1, 1, "other"), row(2, 1, "another")},
		"prod":    {row(1, 1, sums[0])},
	}
	return c
}

// TestHistories_ofTools links repositories with the histories of other tools: the preview says what
// each database has, it is recorded, and one more file runs once everywhere.
func TestHistories_ofTools(t *testing.T) {
	t.Parallel()
	for _, tool := range append(realTools(), prismaCase(), atlasCase()) {
		t.Run(tool.name, func(t *testing.T) {
			t.Parallel()
			tool.readRows(t)
			w := prepared(t, sqliteTargets{}, "")
			w.must(t, w.start())
			tool.apply(t, w)
			settings := map[string]any{"filePathTemplate": tool.template, "exclude": tool.exclude}
			found, err := w.histories(settings)
			w.must(t, err)
			if got := found.lines(); !slices.Equal(got, tool.seen) {
				t.Fatalf("the preview says\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tool.seen, "\n"))
			}
			choice := map[string]any{"fingerprint": found.Fingerprint, "record": append([]string{}, tool.record...)}
			settings["existingFiles"], settings["history"] = "history", choice
			if got, err := w.planned(settings); err != nil || !slices.Equal(got, tool.planned) {
				t.Errorf("it will do\n%s\n%v, want\n%s", strings.Join(got, "\n"), err, strings.Join(tool.planned, "\n"))
			}
			if tool.despite != "" {
				if _, err := w.link(w.ctx, w.grant, settings); err == nil {
					t.Fatal("a contradicted history was recorded")
				}
				choice["despite"] = []string{found.databaseID(tool.despite)}
			}
			w.linkID, err = w.link(w.ctx, w.grant, settings)
			w.must(t, err)
			tool.decide(t, w)
			path, text := tool.file(4, "next", "CREATE TABLE d (id INT);\nINSERT INTO d VALUES (1);\n")
			w.commit(t, map[string]string{path: text})
			w.must(t, w.wait("done"))
			tool.check(t, w)
		})
	}
}

// apply makes the files, and the databases as the tool has left them.
func (c toolCase) apply(t *testing.T, w *world) {
	t.Helper()
	files := map[string]string{}
	if c.exclude != nil {
		files[demoDirectory+"/1_x.down.sql"] = "DROP TABLE a;\n"
	}
	for i, name := range toolTables {
		path, text := c.file(i+1, "x", fmt.Sprintf("CREATE TABLE %s (id INT);\n", name))
		if ran, ok := c.files[strings.TrimPrefix(path, demoDirectory+"/")]; c.files != nil && (!ok || ran != text) {
			t.Fatalf("%s is %q, and the tool ran %q", path, text, ran)
		}
		files[path] = text
	}
	w.commit(t, files)
	for _, environment := range demoEnvironments {
		name, _, _ := strings.Cut(c.table, " ")
		script := "CREATE TABLE " + c.table + ";"
		for _, row := range c.rows[environment] {
			script += "INSERT INTO " + name + " VALUES (" + row + ");"
		}
		for _, n := range c.tables[environment] {
			script += "CREATE TABLE " + toolTables[n-'1'] + " (id INT);"
		}
		db, err := w.targets.open(w, environment)
		w.must(t, err)
		_, err = db.ExecContext(w.ctx, script)
		w.must(t, errors.Join(err, db.Close()))
	}
}

// decide makes the decisions of people, each in the state of the link that it waits for.
func (c toolCase) decide(t *testing.T, w *world) {
	t.Helper()
	for _, decision := range c.decisions {
		words := strings.Fields(decision)
		w.must(t, w.wait(words[0]))
		version := toolVersion(c, int(words[2][0]-'0'))
		if words[1] == "accept" {
			path, _ := c.file(int(words[2][0]-'0'), "x", "")
			w.must(t, w.acceptText(path, words[3]))
			continue
		}
		w.must(t, w.decide(words[1], version, words[3]))
	}
	w.must(t, w.wait("done"))
}

// check compares the ledgers, and sees that the last file ran once.
func (c toolCase) check(t *testing.T, w *world) {
	t.Helper()
	words := map[rune]string{'b': "baselined", 'd': "done"}
	for _, environment := range demoEnvironments {
		var want []string
		for i, letter := range c.ledgers[environment] {
			want = append(want, toolVersion(c, i+1)+" ddl "+words[letter])
		}
		got, err := w.ledger(environment)
		if slices.Sort(got); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: the ledger is %v, %v, want %v", environment, got, err, want)
		}
		got, err = w.query(environment, "SELECT count(*) FROM d")
		if err != nil || !slices.Equal(got, []string{"1"}) {
			t.Errorf("%s: the last file ran %v times, %v", environment, got, err)
		}
	}
	got := w.sources(t)
	if !slices.ContainsFunc(got, func(one string) bool { return strings.HasPrefix(one, c.source) }) {
		t.Errorf("no change begins with %q, of\n%s", c.source, strings.Join(got, "\n"))
	}
}

// sources lists from where changes were recorded.
func (w *world) sources(t *testing.T) (list []string) {
	t.Helper()
	for _, id := range w.databases(t) {
		var changes items[struct {
			Version     string     `json:"version"`
			Environment string     `json:"environment"`
			Recorded    demoReason `json:"recorded"`
		}]
		w.must(t, w.api.call(w.ctx, "GET", "/databases/"+id+"/change-history", nil, &changes))
		for _, c := range changes.Items {
			list = append(list, c.Environment+" "+c.Version+" "+c.Recorded.Text)
		}
	}
	return list
}
