package main

import (
	"fmt"
	"testing"
	"time"
)

// BenchmarkSchemaCheck measures a check of a schema of 500 tables, from the call of the API to its
// answer.
func BenchmarkSchemaCheck(b *testing.B) {
	for name, on := range map[string]targets{
		"SQLite":     sqliteTargets{},
		"PostgreSQL": postgresTargets(servers.postgres.Target()),
		"MariaDB":    mariadbTargets(servers.mariadb.Target()),
	} {
		b.Run(name, func(b *testing.B) { benchSchemaCheck(b, name, on) })
	}
}

func benchSchemaCheck(b *testing.B, name string, on targets) {
	w, err := newWorld(b.Context(), b.TempDir(), on, "")
	if err != nil {
		b.Fatal(err)
	}
	defer w.close()
	if err := w.start("--log-level=warn", "--check-schemas=1h"); err != nil {
		b.Fatal(err)
	}
	for _, environment := range demoEnvironments {
		if err := manyTables(w, environment); err != nil {
			b.Fatal(err)
		}
	}
	var all items[identified]
	if err := w.api.call(b.Context(), "GET", "/databases", nil, &all); err != nil || len(all.Items) == 0 {
		b.Fatal("no databases", err)
	}
	path := "/databases/" + all.Items[0].ID + "/schema-check"
	best := time.Hour
	for range 10 {
		began := time.Now()
		if err := w.api.call(b.Context(), "POST", path, map[string]any{}, nil); err != nil {
			b.Fatal(err)
		}
		best = min(best, time.Since(began))
	}
	fmt.Printf("bench: schema check of 500 tables of %s: %.0f ms\n", name, float64(best.Microseconds())/1000)
}
