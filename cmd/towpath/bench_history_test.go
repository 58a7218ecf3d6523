package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"towpath/internal/history"
)

// BenchmarkAcceptHistory links a repository of 412 migrations that Flyway has applied to ten
// databases: from the preview until the link has nothing to do.
func BenchmarkAcceptHistory(b *testing.B) {
	const files, databases = 412, 10
	where := postgresTargets(servers.postgres.Target())
	w, err := newWorld(b.Context(), b.TempDir(), where, "")
	if err != nil {
		b.Fatal(err)
	}
	defer w.close()
	if err := w.start("--log-level=warn"); err != nil {
		b.Fatal(err)
	}
	addDatabases(b, w, where, databases-len(demoEnvironments))
	texts := map[string]string{}
	var script strings.Builder
	script.WriteString("CREATE TABLE flyway_schema_history (installed_rank INT PRIMARY KEY, " +
		"version VARCHAR(50), description VARCHAR(200), type VARCHAR(20), script VARCHAR(1000), checksum INT, " +
		"installed_by VARCHAR(100), installed_on TIMESTAMP, execution_time INT, success BOOLEAN);\n")
	for n := 1; n <= files; n++ {
		text := fmt.Sprintf("CREATE TABLE t%d (id bigint PRIMARY KEY, name text NOT NULL, at timestamptz);\n"+
			"CREATE INDEX t%[1]d_name ON t%[1]d (name);\n", n)
		texts[fmt.Sprintf("%s/V%d__t.sql", demoDirectory, n)] = text
		fmt.Fprintf(&script, "%sINSERT INTO flyway_schema_history VALUES (%d, '%[2]d', 't', 'SQL', "+
			"'V%[2]d__t.sql', %s, 'jörg', now(), 1, true);\n", text, n, history.SumOf(history.FlywayCRC32, []byte(text)).Text)
	}
	for name := range where.names {
		db, err := where.open(w, name)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := db.ExecContext(b.Context(), script.String()); err != nil {
			b.Fatal(errors.Join(err, db.Close()))
		}
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
	}
	w.commit(b, texts)
	settings := map[string]any{"filePathTemplate": "V{{VERSION}}__{{DESCRIPTION}}.sql"}
	began := time.Now()
	found, err := w.histories(settings)
	if err != nil {
		b.Fatal(err)
	}
	shown := time.Since(began)
	for _, d := range found.Databases {
		if len(found.Databases) != databases || d.Counts["proved"] != files {
			b.Fatalf("%d databases, one with %v", len(found.Databases), d.Counts)
		}
	}
	settings["existingFiles"], settings["history"] = "history", map[string]any{"fingerprint": found.Fingerprint}
	if w.linkID, err = w.link(b.Context(), w.grant, settings); err != nil {
		b.Fatal(err)
	}
	accepted := time.Since(began)
	if err := w.wait("done"); err != nil {
		b.Fatal(err)
	}
	took := time.Since(began).Seconds()
	fmt.Println(verdict(fmt.Sprintf("accept-history-%dx%d", files, databases), took, 60, "s"))
	fmt.Printf("bench: accept-history shown after %s, accepted after %s\n", shown.Round(time.Millisecond),
		accepted.Round(time.Millisecond))
}

// addDatabases adds databases to the project, in the first environment's instance.
func addDatabases(b *testing.B, w *world, where serverTargets, n int) {
	b.Helper()
	made := map[string]bool{}
	for i := range n {
		name, err := where.create(b.Context(), "tenant")
		if err != nil {
			b.Fatal(err)
		}
		where.names[fmt.Sprint("tenant ", i)], made[name] = name, true
	}
	var instances, projects items[identified]
	var databases items[struct {
		identified
		Name string `json:"name"`
	}]
	err := errors.Join(w.api.call(w.ctx, "GET", "/instances", nil, &instances),
		w.api.call(w.ctx, "GET", "/projects", nil, &projects))
	if err != nil {
		b.Fatal(err)
	}
	instance := instances.Items[0].ID
	err = errors.Join(w.api.call(w.ctx, "POST", "/instances/"+instance+"/discover", nil, nil),
		w.api.call(w.ctx, "GET", "/databases?pageSize=500&instance="+instance, nil, &databases))
	if err != nil {
		b.Fatal(err)
	}
	for _, d := range databases.Items {
		if made[d.Name] {
			assigned := map[string]string{"projectId": projects.Items[0].ID}
			if err := w.api.call(w.ctx, "PATCH", "/databases/"+d.ID, assigned, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}
