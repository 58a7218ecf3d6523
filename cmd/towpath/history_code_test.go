package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestHistories_leaveCodeAlone links a repository whose first database was migrated with goose, and the
// others with Knex. Its migrations are code that happens to have the names of the files.
func TestHistories_leaveCodeAlone(t *testing.T) {
	t.Parallel()
	const nothing = "No database has a history that names these files"
	w := prepared(t, sqliteTargets{}, "")
	w.must(t, w.start())
	tool := realTools()[0]
	tool.readRows(t)
	tool.rows = map[string][]string{"test": tool.rows["test"]}
	tool.apply(t, w)
	for _, environment := range []string{"staging", "prod"} {
		script := "DROP TABLE goose_db_version;" +
			"CREATE TABLE knex_migrations (id INTEGER PRIMARY KEY, name varchar(255), batch integer, " +
			"migration_time datetime);"
		for n := range toolTables {
			script += fmt.Sprintf("INSERT INTO knex_migrations VALUES (%d, '%05[1]d_x.sql', 1, NULL);", n+1)
		}
		db, err := w.targets.open(w, environment)
		w.must(t, err)
		_, err = db.ExecContext(w.ctx, script)
		w.must(t, err)
		w.must(t, db.Close())
	}
	settings := map[string]any{"filePathTemplate": tool.template}
	found, err := w.histories(settings)
	w.must(t, err)
	for i, want := range []string{
		"test goose goose_db_version claimed=2 missing=1", "staging Knex knex_migrations missing=1 stands=2",
		"prod Knex knex_migrations missing=1 stands=2",
	} {
		if got := found.lines()[i]; !strings.HasPrefix(got, want) {
			t.Errorf("the preview says %q, want %q", got, want)
		}
	}
	choice := map[string]any{"record": []string{"stands", "partly"}}
	settings["existingFiles"], settings["history"] = "history", choice
	w.linkID, err = w.link(w.ctx, w.grant, settings)
	w.must(t, err)
	w.must(t, w.wait("held")) // so that no file runs between two looks at the databases
	accept := "/repository-links/" + w.linkID + "/histories/accept"
	if err := w.api.call(w.ctx, "POST", accept, choice, nil); !strings.Contains(fmt.Sprint(err), nothing) {
		t.Errorf("accepting gives %v", err)
	}
	var out strings.Builder
	command := adoptCommand{Link: w.linkID, remote: remote{w.api.base, w.api.token}, Record: []string{"stands"}}
	if err := command.Run(w.ctx, &out); !strings.Contains(fmt.Sprint(err), nothing) {
		t.Errorf("the command gives %v and %q", err, out.String())
	}
	command.DryRun = true
	w.must(t, command.Run(w.ctx, &out))
	if !strings.Contains(out.String(), "Knex in knex_migrations: its migrations are code, so nothing is rec") {
		t.Errorf("the command says %q", out.String())
	}
	for _, source := range w.sources(t) {
		if !strings.HasPrefix(source, "test ") {
			t.Errorf("recorded %q", source)
		}
	}
}
