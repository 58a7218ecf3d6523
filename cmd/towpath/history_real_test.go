package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path"
	"strings"
	"testing"
)

// foreignTeam is what a real tool has left of a team's three databases: see scripts/foreign/teams.sh.
// In test the third file failed, staging has an older text of the first, and prod lacks the second.
type foreignTeam struct {
	Tool    string                         `json:"tool"`
	Table   string                         `json:"table"`
	Columns []string                       `json:"columns"`
	Rows    map[string][]map[string]string `json:"rows"`
	Files   map[string]string              `json:"files"`
}

// readRows fills in what a real tool has left. A case with rows of its own stays as it is.
func (c *toolCase) readRows(t *testing.T) {
	t.Helper()
	if c.rows != nil {
		return
	}
	text, err := os.ReadFile(path.Join("testdata/foreign", c.name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var team foreignTeam
	if err := json.Unmarshal(text, &team); err != nil {
		t.Fatal(err)
	}
	c.table = fmt.Sprintf("%s (%s)", team.Table, strings.Join(team.Columns, ", "))
	c.files, c.rows = team.Files, map[string][]string{}
	for environment, rows := range team.Rows {
		for _, row := range rows {
			values := make([]string, len(team.Columns))
			for i, column := range team.Columns {
				value, ok := row[strings.ToLower(column)]
				if values[i] = "'" + strings.ReplaceAll(value, "'", "''") + "'"; !ok {
					values[i] = "NULL"
				}
			}
			c.rows[environment] = append(c.rows[environment], strings.Join(values, ", "))
		}
	}
}

// realTools are the tools that scripts/foreign can run.
func realTools() []toolCase {
	named := func(pattern, text string) func(int, string, string) (string, string) {
		return func(version int, name, sql string) (string, string) {
			return fmt.Sprintf(demoDirectory+"/"+pattern, version, name), fmt.Sprintf(text, sql, version)
		}
	}
	const numbered, upToOne = "{{VERSION}}_{{DESCRIPTION}}.sql", "baselined pending pending"
	return []toolCase{
		gapCase(toolCase{
			name: "goose", template: numbered,
			file: named("%05d_%s.sql", "-- +goose Up\n%[1]s-- +goose Down\nDROP TABLE nothing;\n"),
		}, "goose_db_version"),
		gapCase(toolCase{
			name: "sql-migrate", template: numbered,
			file: named("2026010%d_%s.sql", "-- +migrate Up\n%[1]s-- +migrate Down\nDROP TABLE nothing;\n"),
		}, "gorp_migrations"),
		gapCase(toolCase{
			name: "node-pg-migrate", template: "migrations/" + numbered,
			file: named("migrations/173568960000%d_%s.sql", "%[1]s"),
		}, "pgmigrations"),
		gapCase(toolCase{
			name: "Liquibase", template: "db/" + numbered,
			file: named("db/2026010%d_%s.sql", "--liquibase formatted sql\n--changeset jörg:%[2]d\n%[1]s"),
		}, "databasechangelog"),
		{
			name: "golang-migrate", template: "{{VERSION}}_{{DESCRIPTION}}.up.sql", exclude: []string{"*.down.sql"},
			file:   named("%d_%s.up.sql", "%[1]s"),
			tables: map[string]string{"test": "12", "staging": "12", "prod": "1"},
			seen: []string{
				"test golang-migrate schema_migrations claimed=2 halfway=1 3:halfway",
				"staging golang-migrate schema_migrations claimed=2 missing=1 3:missing",
				"prod golang-migrate schema_migrations claimed=1 missing=2 2:missing 3:missing",
			},
			planned: []string{
				"test baselined baselined unknown:history-halfway", "staging baselined baselined pending",
				"prod " + upToOne,
			},
			decisions: []string{"unknown resolve:not-applied 3 test"},
			ledgers:   map[string]string{"test": "bbdd", "staging": "bbdd", "prod": "bddd"},
			source:    "prod 1 Recorded from the table schema_migrations of golang-migrate (claimed).",
		},
		{
			name: "tern", template: numbered,
			file:   named("%03d_%s.sql", "%[1]s---- create above / drop below ----\nDROP TABLE nothing;\n"),
			tables: map[string]string{"test": "12", "staging": "12", "prod": "1"},
			seen: []string{
				"test tern schema_version claimed=2 missing=1 003:missing",
				"staging tern schema_version claimed=2 missing=1 003:missing",
				"prod tern schema_version claimed=1 missing=2 002:missing 003:missing",
			},
			planned: []string{
				"test baselined baselined pending", "staging baselined baselined pending", "prod " + upToOne,
			},
			ledgers: map[string]string{"test": "bbdd", "staging": "bbdd", "prod": "bddd"},
			source:  "prod 1 Recorded from the table schema_version of tern (claimed).",
		},
		{
			name: "dbmate", template: "db/migrations/" + numbered, // the second table is gone from staging
			file: named("db/migrations/2026010%d_%s.sql",
				"-- migrate:up\n%[1]s-- migrate:down\nDROP TABLE nothing;\n"),
			tables: map[string]string{"test": "12", "staging": "1", "prod": "13"},
			seen: []string{
				"test dbmate/Rails schema_migrations claimed=2 missing=1 20260103:missing",
				"staging dbmate/Rails schema_migrations claimed=1 contradicted=1 missing=1 20260102:contradicted " +
					"20260103:missing",
				"prod dbmate/Rails schema_migrations claimed=2 missing=1 20260102:missing",
			},
			planned:   gapPlan,
			despite:   "staging",
			decisions: []string{"held release 2 prod"},
			ledgers:   gapLedgers,
			source:    "staging 20260102 Recorded from the table schema_migrations of dbmate or Rails (contradicted).",
		},
		{
			name: "Drizzle", template: numbered, file: named("%04d_%s.sql", "%[1]s"),
			tables: gapTables,
			seen: []string{
				"test Drizzle __drizzle_migrations missing=1 proved=2 0003:missing",
				"staging Drizzle __drizzle_migrations missing=1 proved=1 stands=1 0001:stands 0003:missing gone:",
				"prod Drizzle __drizzle_migrations missing=1 proved=2 0002:missing",
			},
			planned: gapPlan, record: []string{"stands"},
			decisions: []string{"held release 2 prod"},
			ledgers:   gapLedgers,
			source:    "staging 1 Recorded because the database already had what it makes.",
		},
	}
}

// What follows in the three databases where a tool keeps no checksums, records no failures and takes
// a file later that is older than the newest.
var (
	gapTables  = map[string]string{"test": "12", "staging": "12", "prod": "13"}
	gapLedgers = map[string]string{"test": "bbdd", "staging": "bbdd", "prod": "bdbd"}
	gapPlan    = []string{
		"test baselined baselined pending", "staging baselined baselined pending",
		"prod baselined held:late-held baselined",
	}
)

// gapCase completes the case of such a tool.
func gapCase(c toolCase, table string) toolCase {
	label := func(version int) string {
		file, _ := c.file(version, "x", "")
		label, _, _ := strings.Cut(path.Base(file), "_")
		return label
	}
	for _, environment := range demoEnvironments {
		missing := label(3)
		if environment == "prod" {
			missing = label(2)
		}
		c.seen = append(c.seen,
			fmt.Sprintf("%s %s %s claimed=2 missing=1 %s:missing", environment, c.name, table, missing))
	}
	c.tables, c.planned, c.ledgers = gapTables, gapPlan, gapLedgers
	c.source = fmt.Sprintf("prod %s Recorded from the table %s of %s", toolVersion(c, 1), table, c.name)
	c.decisions = []string{"held release 2 prod"}
	return c
}
