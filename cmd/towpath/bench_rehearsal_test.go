package main

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/mysql"
	"towpath/internal/engine/postgres"
	"towpath/internal/engine/sqlite"
	"towpath/internal/rehearsal"
)

// dumpOf is the schema that a text makes.
func dumpOf(b *testing.B, s stage, text string) string {
	b.Helper()
	scratch, err := s.engine.(engine.Rehearser).MakeScratch(b.Context(), s.instance)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = scratch.Drop(b.Context()) }()
	if err := scratch.Fill(b.Context(), text); err != nil {
		b.Fatal(err)
	}
	db, err := scratch.Open(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	made, err := db.Schema(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	return made.Dump
}

// BenchmarkRehearsal rehearses 20 files on a schema of 500 tables.
func BenchmarkRehearsal(b *testing.B) {
	places := map[string]stage{
		"PostgreSQL": {engine: postgres.New(), instance: servers.postgres.Target()},
		"MariaDB":    {engine: mysql.New(), instance: servers.mariadb.Target()},
		"SQLite":     {engine: sqlite.New(sqlite.Config{})},
	}
	var setup strings.Builder
	for n := range 500 {
		fmt.Fprintf(&setup, "CREATE TABLE t%d (id int PRIMARY KEY, name varchar(50), amount int);\n", n)
		fmt.Fprintf(&setup, "CREATE INDEX i%d ON t%[1]d (name);\n", n)
	}
	var files []rehearsal.File
	for n := range 20 {
		files = append(files, rehearsal.File{Path: fmt.Sprintf("%d.sql", n), Content: fmt.Sprintf(
			"ALTER TABLE t%d ADD COLUMN note int;\nCREATE INDEX j%[1]d ON t%[1]d (amount);\nUPDATE t%[1]d SET amount = 1", n)})
	}
	for _, name := range slices.Sorted(maps.Keys(places)) {
		dump := dumpOf(b, places[name], setup.String())
		for range b.N {
			result, err := rehearsal.Run(b.Context(), rehearsal.Input{
				Engine: places[name].engine, Instance: places[name].instance, Logger: slog.New(slog.DiscardHandler),
				Schema: dump, Server: name, Files: files,
			})
			if err != nil {
				b.Fatal(err)
			}
			if path, failed := result.Failure(); failed != nil {
				b.Fatalf("%s: %+v", path, failed)
			}
			measured := 0.0
			for _, f := range result.Files {
				measured += f.Seconds
			}
			fmt.Printf("bench: rehearsal of 20 files on 500 tables of %s: %.2f s, the files %.2f s\n", name,
				result.Seconds, measured)
		}
	}
}
