package store_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towpath/internal/store"
)

// keepRelease writes today's metadata as a fixture. It never replaces one: what a released program has
// written does not change any more.
var keepRelease = flag.Bool("keep-release", false, "keep today's metadata, named by its schema's number")

// release is metadata as a program has written it, with a few rows of each table.
type release struct {
	Schema int64                       `json:"schema"`
	Order  []string                    `json:"order"` // of the tables: one is behind those that it refers to
	Tables map[string][]map[string]any `json:"tables"`
}

// TestRelease_keepsItsRows opens metadata of each earlier schema by today's program, in SQLite and in
// PostgreSQL. Migrations may change what is said here, but no row may get lost.
func TestRelease_keepsItsRows(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "metadata-*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no metadata: %v", err)
	}
	onBoth(t, func(t *testing.T, s *store.Store) {
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var r release
			decoder := json.NewDecoder(bytes.NewReader(text))
			decoder.UseNumber()
			if err := decoder.Decode(&r); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			r.opensIn(t, s)
		}
	})
}

// opensIn puts the release into a store that goes back to its schema, and brings the store up again.
func (r release) opensIn(t *testing.T, s *store.Store) {
	t.Helper()
	migrations := s.Migrations(t)
	if _, err := migrations.DownTo(t.Context(), r.Schema); err != nil {
		t.Fatal(err)
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, table := range slices.Backward(r.Order) {
			if err := tx.Exec(ctx, fmt.Sprintf("DELETE FROM %q", table)); err != nil {
				return err
			}
		}
		for _, table := range r.Order {
			for _, row := range r.Tables[table] {
				if err := insertRow(ctx, tx, table, row); err != nil {
					return fmt.Errorf("%s: %w", table, err)
				}
			}
		}
		return nil
	})
	if _, err := migrations.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	if read := allRows(t, s); len(read) < len(r.Tables) {
		t.Errorf("schema %d: of %d tables, %d are read", r.Schema, len(r.Tables), len(read))
	}
	read(t, s, func(ctx context.Context, tx *store.Tx) error {
		for _, table := range r.Order {
			there, err := rawRows(ctx, tx, table, 100)
			if err != nil {
				return err
			}
			for _, want := range r.Tables[table] {
				if !slices.ContainsFunc(there, func(got map[string]any) bool { return agree(want, got) }) {
					t.Errorf("schema %d: %s has lost or changed %v, it has %v", r.Schema, table, want, there)
				}
			}
		}
		return nil
	})
}

// insertRow writes a row of a fixture.
func insertRow(ctx context.Context, tx *store.Tx, table string, row map[string]any) error {
	var names, marks []string
	var values []any
	for name, value := range row {
		switch v := value.(type) {
		case json.Number:
			n, err := v.Int64()
			if err != nil {
				return err
			}
			value = n
		case map[string]any:
			decoded, err := base64.StdEncoding.DecodeString(fmt.Sprint(v["base64"]))
			if err != nil {
				return err
			}
			value = decoded
		}
		names, values = append(names, fmt.Sprintf("%q", name)), append(values, value)
		marks = append(marks, fmt.Sprintf("$%d", len(values)))
	}
	return tx.Exec(ctx, fmt.Sprintf("INSERT INTO %q (%s) VALUES (%s)", table, strings.Join(names, ", "),
		strings.Join(marks, ", ")), values...)
}

// rawRows reads the first rows of a table as a fixture has them.
func rawRows(ctx context.Context, tx *store.Tx, table string, most int) (all []map[string]any, err error) {
	rows, err := tx.Query(ctx, fmt.Sprintf("SELECT * FROM %q ORDER BY 1, 2 LIMIT %d", table, most))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	for rows.Next() {
		values, into := make([]any, len(names)), make([]any, len(names))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		row := map[string]any{}
		for i, name := range names {
			if blob, ok := values[i].([]byte); ok {
				values[i] = map[string]any{"base64": base64.StdEncoding.EncodeToString(blob)}
			}
			row[name] = values[i]
		}
		all = append(all, row)
	}
	return all, rows.Err()
}

// agree reports whether a row has every value that it had, in the columns that are still there.
// SQLite stores false as 0.
func agree(want, got map[string]any) bool {
	for name, value := range want {
		has, there := got[name]
		if flag, ok := value.(bool); ok && has != flag {
			value = map[bool]int{true: 1}[flag]
		}
		if there && fmt.Sprint(has) != fmt.Sprint(value) {
			return false
		}
	}
	return true
}

// TestRelease_isKept makes a fixture when -keep-release asks for it. Otherwise it only sees that the
// rows of today could be one.
func TestRelease_isKept(t *testing.T) {
	t.Parallel()
	s := open(t, newPostgres(t)) // its columns have strict types
	fillTables(t, s)
	sources := s.Migrations(t).ListSources()
	r := release{Schema: sources[len(sources)-1].Version, Tables: map[string][]map[string]any{}}
	read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		for _, p := range store.Probes() {
			most := 3
			if p.Title() == "content" {
				most = 16 // more than the verdicts that refer to them
			}
			r.Order = append(r.Order, p.Title())
			if r.Tables[p.Title()], err = rawRows(ctx, tx, p.Title(), most); err != nil {
				return err
			}
			if len(r.Tables[p.Title()]) == 0 {
				t.Errorf("%s has no row", p.Title())
			}
		}
		return nil
	})
	text, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if !*keepRelease {
		return
	}
	file := filepath.Join("testdata", fmt.Sprintf("metadata-%d.json", r.Schema))
	out, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_, err = out.Write(append(text, '\n'))
	if err := errors.Join(err, out.Close()); err != nil {
		t.Fatal(err)
	}
}
