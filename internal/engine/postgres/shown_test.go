package postgres_test

import (
	"errors"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/engine/postgres"
)

// An object in a schema outside of the search path was not created by a file that names no schemas.
func TestThings_ofOtherSchemas(t *testing.T) {
	t.Parallel()
	target := server.Database(t)
	db := open(t, target)
	s := begin(t, db, options)
	script := "CREATE SCHEMA audit; CREATE TABLE audit.customer (id int, phone text); CREATE TABLE plain " +
		"(id int)"
	if err := errors.Join(run(t.Context(), s, script), s.Close()); err != nil {
		t.Fatal(err)
	}
	shown := func() map[string]bool {
		t.Helper()
		db := open(t, target)
		schema, err := db.Schema(t.Context())
		path, failed := db.(engine.Pather).SearchPath(t.Context())
		if err := errors.Join(err, failed); err != nil {
			t.Fatal(err)
		}
		e := postgres.New()
		return e.Objects(e.Split(strings.NewReader(schema.Dump)), path)
	}
	has := func(objects map[string]bool, bare bool) {
		t.Helper()
		for object, want := range map[string]bool{
			"table audit.customer": true, "column audit.customer.phone": true, "table plain": true,
			"table customer": bare, "column customer.phone": bare, "table nowhere": false,
		} {
			if objects[object] != want {
				t.Errorf("%s: %v, want %v", object, objects[object], want)
			}
		}
	}
	has(shown(), false)
	server.Exec(t, "postgres", "ALTER DATABASE "+target.Database+" SET search_path = audit, public, nowhere")
	has(shown(), true)
}
