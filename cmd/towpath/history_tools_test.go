package main

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// toolCase is a team that comes from another tool, with three databases at different versions. The
// files make the tables a, b and "größe"; the next one is pushed after the link.
type toolCase struct {
	name, template, table string
	file                  func(version int, name, sql string) (path, text string)
	exclude               []string
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
	path, _ := tool.file(version, "x", "")
	return strings.TrimLeft(strings.SplitN(strings.TrimPrefix(path, demoDirectory+"/"), "_", 2)[0], "0")
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

// The cases have the tables as the tools create them: see scripts/foreign.

func gooseCase() toolCase {
	return toolCase{
		name: "goose", template: "{{VERSION}}_{{DESCRIPTION}}.sql",
		table: "goose_db_version (id INTEGER PRIMARY KEY, version_id INTEGER NOT NULL, " +
			"is_applied INTEGER NOT NULL, tstamp TIMESTAMP)",
		file: func(version int, name, sql string) (string, string) {
			return fmt.Sprintf("%s/%05d_%s.sql", demoDirectory, version, name),
				"-- +goose Up\n" + sql + "-- +goose Down\nDROP TABLE nothing;\n"
		},
		rows: map[string][]string{
			"test":    {"1, 0, 1, NULL", "2, 1, 1, NULL", "3, 2, 1, NULL", "4, 3, 1, NULL"},
			"staging": {"1, 0, 1, NULL", "2, 1, 1, NULL", "3, 2, 1, NULL"},
			"prod": {
				"1, 0, 1, NULL", "2, 1, 1, '2026-01-03 10:00:00'", "3, 2, 1, NULL", "4, 2, 0, NULL",
				"5, 9, 1, NULL",
			},
		},
		tables: map[string]string{"test": "123", "staging": "12", "prod": "1"},
		seen: []string{
			"test goose goose_db_version claimed=3",
			"staging goose goose_db_version claimed=2 missing=1 00003:missing",
			"prod goose goose_db_version claimed=1 missing=2 00002:missing 00003:missing gone:9",
		},
		planned: []string{
			"test baselined baselined baselined",
			"staging baselined baselined pending",
			"prod baselined pending pending",
		},
		ledgers: map[string]string{"test": "bbbd", "staging": "bbdd", "prod": "bddd"},
		source: "prod 1 Recorded from the table goose_db_version of goose, which applied it on 3 January 2026 " +
			"(claimed).",
	}
}

func golangMigrateCase() toolCase {
	return toolCase{
		name: "golang-migrate", template: "{{VERSION}}_{{DESCRIPTION}}.up.sql",
		table: "schema_migrations (version uint64, dirty bool)",
		file: func(version int, name, sql string) (string, string) {
			return fmt.Sprintf("%s/%d_%s.up.sql", demoDirectory, version, name), sql
		},
		exclude: []string{"*.down.sql"},
		rows:    map[string][]string{"test": {"3, 0"}, "staging": {"2, 1"}, "prod": {"1, 0"}},
		tables:  map[string]string{"test": "123", "staging": "12", "prod": "1"},
		seen: []string{
			"test golang-migrate schema_migrations claimed=3",
			"staging golang-migrate schema_migrations claimed=1 halfway=1 missing=1 2:halfway 3:missing",
			"prod golang-migrate schema_migrations claimed=1 missing=2 2:missing 3:missing",
		},
		planned: []string{
			"test baselined baselined baselined",
			"staging baselined unknown:history-halfway pending",
			"prod baselined pending pending",
		},
		decisions: []string{"unknown resolve:applied 2 staging"},
		ledgers:   map[string]string{"test": "bbbd", "staging": "bbdd", "prod": "bddd"},
		source:    "test 3 Recorded from the table schema_migrations of golang-migrate (claimed).",
	}
}

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

func dbmateCase() toolCase {
	return toolCase{
		name: "dbmate", template: "{{VERSION}}_{{DESCRIPTION}}.sql",
		table: "schema_migrations (version varchar(128) PRIMARY KEY)",
		file: func(version int, name, sql string) (string, string) {
			return fmt.Sprintf("%s/2026010%d_%s.sql", demoDirectory, version, name),
				"-- migrate:up\n" + sql + "-- migrate:down\nDROP TABLE nothing;\n"
		},
		rows: map[string][]string{
			"test":    {"'20260101'", "'20260102'", "'20260103'"},
			"staging": {"'20260101'", "'20260103'"},
			"prod":    {"'20260101'", "'20260102'"},
		},
		tables: map[string]string{"test": "123", "staging": "13", "prod": "1"},
		seen: []string{
			"test dbmate/Rails schema_migrations claimed=3",
			"staging dbmate/Rails schema_migrations claimed=2 missing=1 20260102:missing",
			"prod dbmate/Rails schema_migrations claimed=1 contradicted=1 missing=1 20260102:contradicted " +
				"20260103:missing",
		},
		planned: []string{
			"test baselined baselined baselined",
			"staging baselined held:late-held baselined",
			"prod baselined baselined pending",
		},
		despite:   "prod",
		decisions: []string{"held release 2 staging"},
		ledgers:   map[string]string{"test": "bbbd", "staging": "bdbd", "prod": "bbdd"},
		source:    "prod 20260102 Recorded from the table schema_migrations of dbmate or Rails (contradicted).",
	}
}

// TestHistories_ofTools links repositories with the histories of other tools: the preview says what
// each database has, it is recorded, and one more file runs once everywhere.
func TestHistories_ofTools(t *testing.T) {
	t.Parallel()
	for _, tool := range []toolCase{gooseCase(), golangMigrateCase(), prismaCase(), dbmateCase()} {
		t.Run(tool.name, func(t *testing.T) {
			t.Parallel()
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
	files := map[string]string{demoDirectory + "/1_x.down.sql": "DROP TABLE a;\n"}
	if c.exclude == nil {
		clear(files)
	}
	for i, name := range toolTables {
		path, text := c.file(i+1, "x", fmt.Sprintf("CREATE TABLE %s (id INT);\n", name))
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
	if got := w.sources(t); !slices.Contains(got, c.source) {
		t.Errorf("no change is %q, of\n%s", c.source, strings.Join(got, "\n"))
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
