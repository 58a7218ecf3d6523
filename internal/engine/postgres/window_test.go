package postgres_test

import (
	"strings"
	"testing"
)

// A window function is written in C or is one of the server's own: a migration may make neither.
func TestSchema_windowFunction(t *testing.T) {
	t.Parallel()
	source, replay := server.Database(t), server.Database(t)
	server.Exec(t, source.Database,
		"CREATE FUNCTION my_rank() RETURNS bigint LANGUAGE internal WINDOW AS 'window_rank'")
	want, err := open(t, source).Schema(t.Context())
	if err != nil || !strings.Contains(want.Dump, "WINDOW") {
		t.Fatalf("schema is %s, %v", want.Dump, err)
	}
	server.Exec(t, replay.Database, want.Dump)
	if got, err := open(t, replay).Schema(t.Context()); err != nil || got != want {
		t.Errorf("the replay has %s, %v", got.Dump, err)
	}
}
